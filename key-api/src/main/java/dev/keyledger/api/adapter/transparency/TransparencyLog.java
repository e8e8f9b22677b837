package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.ConsistencyProof;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What auditors may read of the log, on every node: the last checkpoint and whatever it covers, never more. Thread-safe.
 *
 * <p>A tile or bundle is told in any width that the last checkpoint covers, also when it is full by now: that is what an earlier checkpoint
 * asks for, and it is the beginning of the same bytes.
 */
@Component
public class TransparencyLog {

    private final LogStore store;
    private final LogRecords records;
    private volatile @Nullable View view;

    TransparencyLog(LogStore store, LogRecords records) {
        this.store = store;
        this.records = records;
    }

    /**
     * The tree at its last checkpoint.
     *
     * @param head the checkpoint
     * @param edge what is in no full tile then
     * @param prover answers for this size and all before
     */
    private record View(SignedHead head, RightEdge edge, TreeProver prover) {}

    /** A proof together with the head it leads to, and the checkpoint if that is the last one's. */
    public record Inclusion(InclusionProof proof, TreeHash leaf, TreeHash root, Optional<SignedNote> checkpoint) {}

    /** A proof together with the heads it connects. */
    public record Consistency(ConsistencyProof proof, TreeHash earlier, TreeHash later) {}

    /** The key that checkpoints are signed with, under the name of the log. */
    public VerifierKey key() {
        return store.key();
    }

    /** The last checkpoint; empty in the first moments of a log. */
    public Optional<SignedNote> checkpoint() {
        return store.latest().map(SignedHead::note);
    }

    /** How many records the last checkpoint covers; 0 if there is none. */
    public long size() {
        return store.latest().map(SignedHead::size).orElse(0L);
    }

    private Optional<View> view() {
        Optional<SignedHead> latest = store.latest();
        View known = view;
        if (latest.isEmpty() || (known != null && known.head.equals(latest.get()))) {
            return latest.map(head -> known);
        }
        return Optional.of(load(latest.get()));
    }

    private synchronized View load(SignedHead head) {
        View known = view;
        if (known != null && known.head.equals(head)) {
            return known;
        }
        RightEdge edge = store.edge(head);
        View loaded = new View(head, edge, new TreeProver(edge, store));
        view = loaded;
        return loaded;
    }

    /** The hashes of a tile, 32 bytes each; empty if the log has no such tile. */
    public Optional<byte[]> tile(TilePath path) {
        return view().filter(current -> covers(current, path.level(), path))
                .map(current -> path.index() < Tile.fullTiles(path.level(), current.head.size())
                        ? store.tile(path.level(), path.index())
                        : current.edge.partialTile(path.level()))
                .map(hashes -> Arrays.copyOf(hashes, path.width() * TreeHash.BYTES));
    }

    /** The records of a bundle; empty if the log has no such bundle. */
    public Optional<byte[]> entries(TilePath path) {
        return store.latest()
                .filter(head -> covers(head.size(), 0, path))
                .map(head -> EntryBundle.of(records.read(path.index() * Tile.WIDTH, path.width()))
                        .bytes());
    }

    private static boolean covers(View view, int level, TilePath path) {
        return covers(view.head.size(), level, path);
    }

    private static boolean covers(long size, int level, TilePath path) {
        long full = Tile.fullTiles(level, size);
        return path.index() < full || (path.index() == full && path.width() <= Tile.partialWidth(level, size));
    }

    /**
     * That a record is in the log.
     *
     * @param size of the tree, at most that of the last checkpoint
     * @return empty if there is no such record or no such tree
     */
    public Optional<Inclusion> inclusion(long index, long size) {
        return view().filter(current -> index >= 0 && index < size && size <= current.head.size())
                .map(current -> inclusion(current, index, size));
    }

    /**
     * That a record is in the log as the last checkpoint has it, which comes with the proof.
     *
     * @return empty if the last checkpoint does not cover the record
     */
    public Optional<Inclusion> inclusion(long index) {
        return view().filter(current -> index >= 0 && index < current.head.size())
                .map(current -> inclusion(current, index, current.head.size()));
    }

    private static Inclusion inclusion(View current, long index, long size) {
        return new Inclusion(
                current.prover.inclusion(index, size),
                current.prover.leaf(index),
                current.prover.root(size),
                size == current.head.size() ? Optional.of(current.head.note()) : Optional.empty());
    }

    /**
     * That the log only grew between two sizes.
     *
     * @return empty if there are no such trees
     */
    public Optional<Consistency> consistency(long from, long to) {
        return view().filter(current -> from >= 0 && from <= to && to <= current.head.size())
                .map(current -> new Consistency(
                        current.prover.consistency(from, to), current.prover.root(from), current.prover.root(to)));
    }
}
