package dev.keyledger.evidence.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.evidence.GoldenFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads, proofs and tiles as another program computed them, for a log of seventy thousand records. */
class TreeGoldenTest {

    private static final long SIZE = 70_000;
    private static final SampleLog LOG = SampleLog.of(SIZE);
    private static final Map<Long, TreeHash> HEADS = heads();

    private static Map<Long, TreeHash> heads() {
        Map<Long, TreeHash> heads = new HashMap<>();
        GoldenFile.lines("tree-heads.txt").forEach(line -> {
            String[] parts = line.split(" ", -1);
            heads.put(Long.parseLong(parts[0]), TreeHash.ofBase64(parts[1]));
        });
        return heads;
    }

    private static TreeHash head(long size) {
        return Objects.requireNonNull(HEADS.get(size), "no published head of this size");
    }

    @Test
    void a_growing_tree_has_the_published_heads() {
        SampleLog growing = new SampleLog();
        for (long size : HEADS.keySet().stream().sorted().toList()) {
            growing.growTo(size);
            assertThat(growing.edge().root()).as("size %d", size).isEqualTo(head(size));
        }
    }

    @Test
    void earlier_heads_are_computed_from_the_present_tiles() {
        HEADS.forEach((size, head) ->
                assertThat(LOG.prover().root(size)).as("size %d", size).isEqualTo(head));
    }

    static Stream<String> inclusion() {
        return GoldenFile.lines("inclusion-proofs.txt");
    }

    @ParameterizedTest
    @MethodSource
    void inclusion(String line) {
        String[] parts = line.split(" ", -1);
        long index = Long.parseLong(parts[0]);
        long size = Long.parseLong(parts[1]);

        InclusionProof proof = LOG.prover().inclusion(index, size);

        assertThat(proof.path()).isEqualTo(path(parts));
        assertThat(proof.proves(SampleLog.leaf(index), head(size))).isTrue();
    }

    static Stream<String> consistency() {
        return GoldenFile.lines("consistency-proofs.txt");
    }

    @ParameterizedTest
    @MethodSource
    void consistency(String line) {
        String[] parts = line.split(" ", -1);
        long from = Long.parseLong(parts[0]);
        long to = Long.parseLong(parts[1]);

        ConsistencyProof proof = LOG.prover().consistency(from, to);

        assertThat(proof.path()).isEqualTo(path(parts));
        assertThat(proof.proves(LOG.prover().root(from), LOG.prover().root(to))).isTrue();
    }

    private static List<TreeHash> path(String[] parts) {
        return Arrays.stream(parts).skip(2).map(TreeHash::ofBase64).toList();
    }

    static Stream<String> tiles() {
        return GoldenFile.lines("tiles-70000.txt");
    }

    @ParameterizedTest
    @MethodSource
    void tiles(String line) {
        String[] parts = line.split(" ", -1);
        TilePath path = TilePath.parse(parts[0]);

        assertThat(path.isIn(SIZE)).isTrue();
        assertThat(sha256(content(path))).isEqualTo(parts[1]);
    }

    private static byte[] content(TilePath path) {
        if (path.isEntries()) {
            long start = path.index() * Tile.WIDTH;
            return EntryBundle.of(LongStream.range(start, start + path.width())
                            .mapToObj(SampleLog::record)
                            .toList())
                    .bytes();
        }
        return path.isFull() ? LOG.tile(path.level(), path.index()) : LOG.edge().partialTile(path.level());
    }

    /** The specification's own count for this size. */
    @Test
    void there_are_as_many_tiles_as_published() {
        List<TilePath> published = new ArrayList<>(GoldenFile.lines("tiles-70000.txt")
                .map(line -> TilePath.parse(line.substring(0, line.indexOf(' '))))
                .filter(path -> !path.isEntries())
                .toList());

        assertThat(published.stream().filter(TilePath::isFull)).containsExactlyInAnyOrderElementsOf(LOG.fullTiles());
        assertThat(published.stream().filter(path -> !path.isFull()))
                .containsExactlyInAnyOrder(new TilePath(0, 273, 112), new TilePath(1, 1, 17), new TilePath(2, 0, 1));
        assertThat(LOG.fullTiles()).hasSize(274).endsWith(TilePath.tile(0, 272));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
