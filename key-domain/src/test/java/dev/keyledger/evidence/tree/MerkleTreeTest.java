package dev.keyledger.evidence.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Building, proving and checking against the definition of RFC 6962. */
class MerkleTreeTest {

    private static final int SMALL = 300;

    /** A new one for each run; printed, so that a failure can be repeated. */
    private static Random random() {
        long seed = new Random().nextLong();
        System.out.println("MerkleTreeTest seed " + seed + "L");
        return new Random(seed);
    }

    @Test
    void a_tree_without_leaves_has_the_head_of_the_rfc() {
        assertThat(new TreeBuilder(TileSink.NONE).root()).isEqualTo(TreeHash.EMPTY_TREE);
        assertThat(NaiveTree.of(0).root(0)).isEqualTo(TreeHash.EMPTY_TREE);
        assertThat(RightEdge.EMPTY.root()).isEqualTo(TreeHash.EMPTY_TREE);
    }

    @RepeatedTest(5)
    void random_trees_have_the_heads_and_proofs_of_the_definition() {
        Random random = random();
        int size = 1 + random.nextInt(1500);
        List<byte[]> records = new ArrayList<>();
        SampleLog tiles = new SampleLog();
        TreeBuilder builder = new TreeBuilder(tiles);
        for (int i = 0; i < size; i++) {
            byte[] record = new byte[random.nextInt(200)];
            random.nextBytes(record);
            records.add(record);
            if (random.nextBoolean()) {
                builder.addRecord(record);
            } else {
                builder.addLeaf(new TreeHasher().leaf(record).bytes(), 0);
            }
        }
        NaiveTree naive = new NaiveTree(records);
        TreeProver prover = new TreeProver(builder.edge(), tiles);

        assertThat(builder.root()).isEqualTo(naive.root(size));
        for (int i = 0; i < 20; i++) {
            int part = 1 + random.nextInt(size);
            int index = random.nextInt(part);
            int from = 1 + random.nextInt(part);
            assertThat(prover.root(part)).isEqualTo(naive.root(part));
            assertThat(prover.inclusion(index, part).path()).isEqualTo(naive.inclusion(index, part));
            assertThat(prover.consistency(from, part).path()).isEqualTo(naive.consistency(from, part));
        }
    }

    @Test
    void every_record_of_every_small_tree_is_proved() {
        SampleLog log = SampleLog.of(SMALL);
        TreeProver prover = log.prover();
        for (long size = 1; size <= SMALL; size++) {
            TreeHash root = prover.root(size);
            for (long index = 0; index < size; index++) {
                assertThat(prover.inclusion(index, size).proves(prover.leaf(index), root))
                        .as("%d in %d", index, size)
                        .isTrue();
            }
        }
    }

    @Test
    void every_small_tree_is_the_beginning_of_every_larger_one() {
        SampleLog log = SampleLog.of(SMALL);
        TreeProver prover = log.prover();
        List<TreeHash> roots = new ArrayList<>();
        for (long size = 0; size <= SMALL; size++) {
            roots.add(prover.root(size));
        }
        for (int from = 0; from <= SMALL; from++) {
            for (int to = from; to <= SMALL; to++) {
                ConsistencyProof proof = prover.consistency(from, to);
                assertThat(proof.proves(roots.get(from), roots.get(to)))
                        .as("%d to %d", from, to)
                        .isTrue();
                if (from > 0 && to < SMALL) {
                    assertThat(proof.proves(roots.get(from), roots.get(to + 1)))
                            .as("%d to %d, another head", from, to)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void a_tree_with_another_past_has_no_proof() {
        SampleLog log = SampleLog.of(SMALL);
        SampleLog forked = new SampleLog();
        TreeBuilder fork = new TreeBuilder(forked);
        for (long i = 0; i < SMALL; i++) {
            fork.addRecord(SampleLog.record(i == 17 ? SMALL : i));
        }
        TreeProver other = new TreeProver(fork.edge(), forked);
        for (long from = 18; from < SMALL; from++) {
            ConsistencyProof proof = other.consistency(from, SMALL);
            assertThat(proof.proves(other.root(from), fork.root())).isTrue();
            assertThat(proof.proves(log.prover().root(from), fork.root())).isFalse();
        }
    }

    @RepeatedTest(3)
    void a_proof_with_any_byte_changed_proves_nothing() {
        Random random = random();
        long size = 2L + random.nextInt(5000);
        long index = random.nextInt((int) size);
        long from = 1L + random.nextInt((int) size - 1);
        TreeProver prover = SampleLog.of(size).prover();
        TreeHash root = prover.root(size);
        InclusionProof inclusion = prover.inclusion(index, size);
        ConsistencyProof consistency = prover.consistency(from, size);
        TreeHash leaf = prover.leaf(index);
        TreeHash earlier = prover.root(from);

        for (List<TreeHash> changed : oneByteChanged(inclusion.path(), random)) {
            assertThat(new InclusionProof(index, size, changed).proves(leaf, root))
                    .isFalse();
        }
        for (List<TreeHash> changed : oneByteChanged(consistency.path(), random)) {
            assertThat(new ConsistencyProof(from, size, changed).proves(earlier, root))
                    .isFalse();
        }
        for (List<TreeHash> changed : oneByteChanged(List.of(leaf, root, earlier), random)) {
            assertThat(inclusion.proves(changed.get(0), changed.get(1))
                            && consistency.proves(changed.get(2), changed.get(1)))
                    .isFalse();
        }
    }

    private static List<List<TreeHash>> oneByteChanged(List<TreeHash> path, Random random) {
        List<List<TreeHash>> all = new ArrayList<>();
        for (int hash = 0; hash < path.size(); hash++) {
            for (int i = 0; i < TreeHash.BYTES; i++) {
                byte[] bytes = path.get(hash).bytes();
                bytes[i] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                List<TreeHash> changed = new ArrayList<>(path);
                changed.set(hash, TreeHash.of(bytes));
                all.add(changed);
            }
        }
        return all;
    }

    @Test
    void a_proof_of_another_length_or_order_proves_nothing() {
        TreeProver prover = SampleLog.of(70).prover();
        for (long size = 1; size <= 70; size++) {
            TreeHash root = prover.root(size);
            for (long index = 0; index < size; index++) {
                InclusionProof proof = prover.inclusion(index, size);
                for (List<TreeHash> other : otherLengths(proof.path(), root)) {
                    assertThat(new InclusionProof(index, size, other).proves(prover.leaf(index), root))
                            .as("%d in %d with %d hashes", index, size, other.size())
                            .isFalse();
                }
            }
            for (long from = 0; from <= size; from++) {
                ConsistencyProof proof = prover.consistency(from, size);
                for (List<TreeHash> other : otherLengths(proof.path(), root)) {
                    assertThat(new ConsistencyProof(from, size, other).proves(prover.root(from), root))
                            .as("%d to %d with %d hashes", from, size, other.size())
                            .isFalse();
                }
            }
        }
    }

    private static List<List<TreeHash>> otherLengths(List<TreeHash> path, TreeHash more) {
        List<List<TreeHash>> others = new ArrayList<>();
        List<TreeHash> longer = new ArrayList<>(path);
        longer.add(more);
        others.add(longer);
        List<TreeHash> before = new ArrayList<>(path);
        before.add(0, more);
        others.add(before);
        if (!path.isEmpty()) {
            others.add(path.subList(1, path.size()));
            others.add(path.subList(0, path.size() - 1));
        }
        if (path.size() > 1) {
            List<TreeHash> reversed = new ArrayList<>(path);
            Collections.reverse(reversed);
            others.add(reversed);
        }
        return others;
    }

    @Test
    void a_record_is_proved_at_its_own_index_only() {
        TreeProver prover = SampleLog.of(70).prover();
        for (long index = 0; index < 70; index++) {
            InclusionProof proof = prover.inclusion(index, 70);
            for (long other = 0; other < 70; other++) {
                assertThat(new InclusionProof(other, 70, proof.path()).proves(prover.leaf(index), prover.root(70)))
                        .isEqualTo(other == index);
            }
        }
    }

    /** A head does not say how many leaves it has, so a size of the same shape is the checkpoint's to refuse; any other is refused here. */
    @Test
    void a_proof_of_a_tree_of_another_shape_proves_nothing() {
        TreeProver prover = SampleLog.of(17).prover();
        List<InclusionProof> inclusions = new ArrayList<>();
        List<ConsistencyProof> consistencies = new ArrayList<>();
        for (long size = 1; size <= 17; size++) {
            for (long i = 0; i < size; i++) {
                inclusions.add(prover.inclusion(i, size));
                consistencies.add(prover.consistency(i + 1, size));
            }
        }
        for (InclusionProof proof : inclusions) {
            for (InclusionProof other : inclusions) {
                if (proof.path().size() != other.path().size()) {
                    assertThat(new InclusionProof(other.index(), other.size(), proof.path())
                                    .proves(prover.leaf(proof.index()), prover.root(proof.size())))
                            .as("%s as %d in %d", proof, other.index(), other.size())
                            .isFalse();
                }
            }
        }
        for (ConsistencyProof proof : consistencies) {
            for (ConsistencyProof other : consistencies) {
                if (proof.path().size() != other.path().size()) {
                    assertThat(new ConsistencyProof(other.from(), other.to(), proof.path())
                                    .proves(prover.root(proof.from()), prover.root(proof.to())))
                            .as("%s as %d to %d", proof, other.from(), other.to())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void a_node_cannot_be_passed_off_as_a_record() {
        byte[] nodeAsRecord = new byte[2 * TreeHash.BYTES];
        SampleLog.leaf(0).copyTo(nodeAsRecord, 0);
        SampleLog.leaf(1).copyTo(nodeAsRecord, TreeHash.BYTES);
        TreeHash root = SampleLog.of(2).prover().root(2);

        assertThat(new InclusionProof(0, 1, List.of()).proves(new TreeHasher().leaf(nodeAsRecord), root))
                .isFalse();
    }

    @Test
    void from_nothing_and_to_itself_there_is_nothing_to_prove_but_heads_are_compared() {
        TreeHash root = SampleLog.of(5).prover().root(5);
        TreeHash other = SampleLog.of(6).prover().root(6);

        assertThat(new ConsistencyProof(0, 5, List.of()).proves(TreeHash.EMPTY_TREE, root))
                .isTrue();
        assertThat(new ConsistencyProof(0, 5, List.of()).proves(other, root)).isFalse();
        assertThat(new ConsistencyProof(5, 5, List.of()).proves(root, root)).isTrue();
        assertThat(new ConsistencyProof(5, 5, List.of()).proves(other, root)).isFalse();
        assertThat(new ConsistencyProof(0, 0, List.of()).proves(TreeHash.EMPTY_TREE, TreeHash.EMPTY_TREE))
                .isTrue();
        assertThat(new ConsistencyProof(0, 0, List.of()).proves(root, root)).isFalse();
    }

    @Test
    void what_a_tree_does_not_have_is_refused() {
        TreeProver prover = SampleLog.of(10).prover();

        assertThatThrownBy(() -> prover.root(11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.root(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.leaf(10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.inclusion(10, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.inclusion(-1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.inclusion(0, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.consistency(6, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.consistency(-1, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> prover.consistency(5, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InclusionProof(3, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InclusionProof(-1, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConsistencyProof(4, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConsistencyProof(-1, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_builder_goes_on_from_the_edge_restored_at_any_size() {
        SampleLog whole = SampleLog.of(70_000);
        for (long size : new long[] {0, 1, 255, 256, 257, 511, 65_535, 65_536, 65_537, 65_792, 69_999, 70_000}) {
            long after = size % Tile.WIDTH;
            byte[] lastLeaves = new byte[(int) after * TreeHash.BYTES];
            for (int i = 0; i < after; i++) {
                SampleLog.leaf(size - after + i).copyTo(lastLeaves, i * TreeHash.BYTES);
            }

            RightEdge edge = RightEdge.restore(size, lastLeaves, whole);

            SampleLog grown = SampleLog.of(size);
            assertThat(edge).as("edge at %d", size).isEqualTo(grown.edge()).hasSameHashCodeAs(grown.edge());
            assertThat(edge.root()).isEqualTo(whole.prover().root(size));
            SampleLog later = new SampleLog();
            TreeBuilder builder = new TreeBuilder(edge, later);
            for (long i = size; i < 70_000; i++) {
                builder.addRecord(SampleLog.record(i));
            }
            assertThat(builder.edge()).isEqualTo(whole.edge());
            assertThat(later.fullTiles())
                    .isEqualTo(whole.fullTiles()
                            .subList(grown.fullTiles().size(), whole.fullTiles().size()));
            assertThat(later.fullTiles())
                    .allSatisfy(path -> assertThat(later.tile(path.level(), path.index()))
                            .isEqualTo(whole.tile(path.level(), path.index())));
        }
    }

    @Test
    void an_edge_is_not_restored_from_too_few_or_too_many_leaves() {
        assertThatThrownBy(() -> RightEdge.restore(2, new byte[TreeHash.BYTES], SampleLog.of(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RightEdge.restore(1, new byte[2 * TreeHash.BYTES], SampleLog.of(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RightEdge.restore(-1, new byte[0], SampleLog.of(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_tile_of_the_wrong_size_is_a_failure_of_the_store() {
        TileReader broken = (level, index) -> new byte[Tile.BYTES - 1];

        assertThatThrownBy(() -> RightEdge.restore(256, new byte[0], broken)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new TreeProver(SampleLog.of(256).edge(), broken).leaf(0))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Seventy thousand records have three levels; the reader is asked for at most two tiles of each. */
    @RepeatedTest(3)
    void an_answer_reads_few_tiles() {
        Random random = random();
        SampleLog log = SampleLog.of(70_000);
        TreeProver prover = log.prover();
        for (int i = 0; i < 100; i++) {
            long size = 1L + random.nextInt(70_000);
            int before = log.reads();
            prover.root(size);
            assertThat(log.readsSince(before)).isLessThanOrEqualTo(3);
            before = log.reads();
            prover.inclusion(random.nextInt((int) size), size);
            assertThat(log.readsSince(before)).isLessThanOrEqualTo(6);
            before = log.reads();
            prover.consistency(random.nextInt((int) size + 1), size);
            assertThat(log.readsSince(before)).isLessThanOrEqualTo(6);
        }
    }

    @Test
    void partial_tiles_of_earlier_trees_are_computed() {
        TreeProver prover = SampleLog.of(70_000).prover();
        for (long size : new long[] {0, 1, 255, 256, 300, 65_535, 65_536, 65_793, 69_999, 70_000}) {
            SampleLog then = SampleLog.of(size);
            for (int level = 0; level < 4; level++) {
                assertThat(prover.partialTile(level, size))
                        .as("level %d at %d", level, size)
                        .isEqualTo(then.edge().partialTile(level));
            }
        }
        assertThatThrownBy(() -> prover.partialTile(0, 70_001)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_edge_gives_out_copies() {
        RightEdge edge = SampleLog.of(3).edge();
        TreeHash root = edge.root();

        Arrays.fill(edge.partialTile(0), (byte) 0);

        assertThat(edge.root()).isEqualTo(root);
        assertThat(edge.partialTile(0)).hasSize(3 * TreeHash.BYTES);
        assertThat(edge.partialTile(5)).isEmpty();
    }
}
