package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.NoteSigner;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeProver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One node's time as the one that signs the log, from a checkpoint it found to the moment another node may sign. Every new checkpoint is
 * proved to go on from the last one that was stored and from the last one of every anchor that can be read, by proofs as strangers check
 * them, before it is signed.
 *
 * <p>After any exception the term is over; a {@link BrokenLogException} means that there must be no other one. For one thread.
 */
final class CheckpointTerm {

    /** What signing came to. */
    enum Outcome {
        /** A checkpoint was signed and stored. */
        SIGNED,
        /** There is no record that the last one does not cover. */
        NOTHING_NEW,
        /** Another node may sign. Nothing was written; the term is over. */
        SUPERSEDED
    }

    /** Most records between two checkpoints, so that a log that was never signed is signed in transactions of a moment. */
    static final int LONGEST_STRETCH = 16_384;

    private final LogStore store;
    private final LogRecords records;
    private final NoteSigner signer;
    private final List<Anchor> anchors;
    private final long epoch;
    private final TreeBuilder tree;
    private final List<LogStore.NewTile> fresh = new ArrayList<>();
    private @Nullable SignedHead last;

    private CheckpointTerm(
            LogStore store,
            LogRecords records,
            NoteSigner signer,
            List<Anchor> anchors,
            long epoch,
            @Nullable SignedHead last,
            RightEdge edge) {
        this.store = store;
        this.records = records;
        this.signer = signer;
        this.anchors = anchors;
        this.epoch = epoch;
        this.last = last;
        this.tree =
                new TreeBuilder(edge, (level, index, hashes) -> fresh.add(new LogStore.NewTile(level, index, hashes)));
    }

    /**
     * Goes on where the last checkpoint ends, if what is stored still is what was signed.
     *
     * @param epoch of the sequencer, without which nothing is written
     * @throws BrokenLogException if it is not
     * @throws IOException if an anchor cannot be read now
     */
    static CheckpointTerm begin(LogStore store, LogRecords records, NoteSigner signer, List<Anchor> anchors, long epoch)
            throws IOException {
        Optional<SignedHead> last = store.latest();
        RightEdge edge = last.map(store::edge).orElse(RightEdge.EMPTY);
        CheckpointTerm term = new CheckpointTerm(store, records, signer, anchors, epoch, last.orElse(null), edge);
        term.compareWithAnchors(new TreeProver(edge, store));
        return term;
    }

    long epoch() {
        return epoch;
    }

    /** How many records it has read. */
    long size() {
        return tree.size();
    }

    /** How many of them no checkpoint covers. */
    long unsigned() {
        return tree.size() - signedSize();
    }

    private long signedSize() {
        return last == null ? 0 : last.size();
    }

    /** Reads the records up to a size, or as many as the next checkpoint may cover. Done soon, so that nobody has the time to change them. */
    void read(long upTo) {
        long end = Math.min(upTo, signedSize() + LONGEST_STRETCH);
        while (tree.size() < end) {
            // To the end of a tile, so that the pages of a long way fall on tiles.
            long page = Math.min(LogRecords.PAGE - tree.size() % LogRecords.PAGE, end - tree.size());
            records.read(tree.size(), (int) page).forEach(tree::addRecord);
        }
    }

    /** Signs what was read. */
    Outcome sign() throws IOException {
        if (unsigned() == 0) {
            return Outcome.NOTHING_NEW;
        }
        RightEdge edge = tree.edge();
        Checkpoint next = new Checkpoint(signer.verifierKey().name(), edge.size(), edge.root());
        TreeProver prover = new TreeProver(edge, this::tile);
        if (last != null) {
            requireGoingOn(prover, last, next, "the store");
        }
        compareWithAnchors(prover);
        SignedHead head = new SignedHead(next, next.signedBy(signer));
        return switch (store.store(epoch, signedSize(), head, fresh)) {
            case STORED -> {
                last = head;
                fresh.clear();
                yield Outcome.SIGNED;
            }
            case SUPERSEDED -> Outcome.SUPERSEDED;
            case GONE_ON -> throw goneOn();
        };
    }

    /** The next term goes on from there, and whether it may is asked again. */
    private static IllegalStateException goneOn() {
        return new IllegalStateException("another checkpoint was signed meanwhile");
    }

    private byte[] tile(int level, long index) {
        TilePath wanted = TilePath.tile(level, index);
        for (LogStore.NewTile tile : fresh) {
            if (tile.path().equals(wanted)) {
                return tile.hashes();
            }
        }
        return store.tile(level, index);
    }

    private void compareWithAnchors(TreeProver prover) throws IOException {
        for (Anchor anchor : anchors) {
            Optional<SignedHead> anchored = anchor.last();
            if (anchored.isEmpty()) {
                continue;
            }
            String where = "the anchor " + anchor.kind();
            if (anchored.get().size() > signedSize()) {
                long stored = store.latest().map(SignedHead::size).orElse(0L);
                if (stored >= anchored.get().size()) {
                    throw goneOn();
                }
                throw new BrokenLogException(
                        where + " has a checkpoint of " + anchored.get().size()
                                + " records but the store was signed up to " + stored
                                + " only: it was put back from an older state");
            }
            Checkpoint now = new Checkpoint(signer.verifierKey().name(), prover.size(), prover.root(prover.size()));
            requireGoingOn(prover, anchored.get(), now, where);
        }
    }

    private static void requireGoingOn(TreeProver prover, SignedHead from, Checkpoint to, String where) {
        boolean proved = prover.consistency(from.size(), to.size())
                .proves(from.checkpoint().root(), to.root());
        if (!proved) {
            throw new BrokenLogException("the log of " + to.size() + " records does not go on from the checkpoint of "
                    + from.size() + " in " + where);
        }
    }
}
