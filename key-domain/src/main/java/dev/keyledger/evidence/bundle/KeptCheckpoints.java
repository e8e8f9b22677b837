package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.TileReader;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the tree of a checked bundle with checkpoints that others kept. */
final class KeptCheckpoints {

    private final VerifierKey key;
    private final Checkpoint head;
    private final TreeProver prover;
    private long proved;
    private long unproved;
    private long agreed;
    private @Nullable BundleRefusedException finding;

    /**
     * @param key of the log
     * @param head the bundle's checkpoint
     * @param tiles gives the checked full tiles of the bundle, and throws {@link AbsentTileException} for others
     */
    KeptCheckpoints(VerifierKey key, Checkpoint head, CheckedTiles checked, TileReader tiles) {
        this.key = key;
        this.head = head;
        this.prover = new TreeProver(checked.edge(), tiles);
    }

    /** A full tile that is not in the bundle. */
    static final class AbsentTileException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    void check(EarlierCheckpoints earlier) throws IOException, BundleRefusedException {
        earlier.forEach(this::compare);
        if (finding != null) {
            throw finding;
        }
    }

    /** Checkpoints from which the log was proved to go on. */
    long proved() {
        return proved;
    }

    /** Checkpoints about which the bundle says nothing. */
    long unproved() {
        return unproved;
    }

    private void compare(SignedNote note) {
        if (finding != null) {
            return;
        }
        try {
            Checkpoint kept = Checkpoint.parse(note.text());
            if (!kept.origin().equals(head.origin())) {
                return;
            }
            Optional<TreeHash> root = kept.size() > head.size() ? Optional.empty() : root(kept.size());
            if (root.isEmpty()) {
                unproved++;
                return;
            }
            var unused = Checkpoint.open(note, key.name(), List.of(key));
            if (!root.get().equals(kept.root())) {
                finding = new BundleRefusedException(
                        agreed,
                        "the log does not go on from the checkpoint of " + kept.size()
                                + " records that was kept: between record " + agreed
                                + " and that size it is another one");
                return;
            }
            agreed = Math.max(agreed, kept.size());
            proved++;
        } catch (IllegalArgumentException malformed) {
            finding = new BundleRefusedException(
                    -1, "a checkpoint that was kept is not one that this key has signed: " + malformed.getMessage());
        }
    }

    private Optional<TreeHash> root(long size) {
        try {
            return Optional.of(size == head.size() ? head.root() : prover.root(size));
        } catch (AbsentTileException absent) {
            return Optional.empty();
        }
    }
}
