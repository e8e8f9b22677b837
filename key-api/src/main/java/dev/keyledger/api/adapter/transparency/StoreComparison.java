package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.evidence.tree.TreeHash;
import java.io.IOException;
import java.util.Optional;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;

/**
 * Compares the store with its anchors before anything is served (ADR 0019). A checkpoint is stored first and anchored after, so a store that does not
 * have what an anchor has was put back from an older state or rewritten: the node starts in quarantine.
 */
@Component
class StoreComparison implements InitializingBean {

    private final Anchors anchors;
    private final TransparencyLog log;
    private final LogStore store;
    private final AnchoredDeletions deletions;
    private final Quarantine quarantine;

    StoreComparison(
            Anchors anchors, TransparencyLog log, LogStore store, AnchoredDeletions deletions, Quarantine quarantine) {
        this.anchors = anchors;
        this.log = log;
        this.store = store;
        this.deletions = deletions;
        this.quarantine = quarantine;
    }

    @Override
    public void afterPropertiesSet() {
        for (Anchor anchor : anchors.readable()) {
            compare(anchor);
        }
    }

    private void compare(Anchor anchor) {
        try {
            Optional<SignedHead> anchored = anchor.last();
            // Read after the anchor: another node may go on meanwhile.
            (anchored.isPresent() ? difference(anchored.get()) : absence(anchor)).ifPresent(quarantine::enter);
            deletions.tellOfUnknown();
        } catch (BrokenLogException rewritten) {
            quarantine.enter(Failures.text(rewritten));
        } catch (IOException unreadable) {
            throw new StartupFailure(
                    "The anchor file cannot be read (" + unreadable.getMessage()
                            + "), so nobody can tell whether this store is the newest; give the service access to it, or"
                            + " change KEYLEDGER_ANCHOR_FILE.",
                    unreadable);
        }
    }

    /** A file of the right name without a line of this log: a volume that is not mounted, or a new place to which the old file was not brought. */
    private Optional<String> absence(Anchor anchor) throws IOException {
        long reached = store.anchored(anchor.kind());
        // Looked at again: another node may have brought the first one just now.
        return reached == 0 || anchor.last().isPresent()
                ? Optional.empty()
                : Optional.of(
                        "the anchor " + anchor.kind() + " had a checkpoint of " + reached
                                + " records and has none of this log any more: it is another file, and the old one belongs there");
    }

    private Optional<String> difference(SignedHead anchored) {
        long stored = log.size();
        if (anchored.size() > stored) {
            return Optional.of(
                    "the anchor has a checkpoint of " + anchored.size() + " records but the store was signed up to "
                            + stored + " only: it was put back from an older state");
        }
        TreeHash root = log.consistency(anchored.size(), stored).orElseThrow().earlier();
        return root.equals(anchored.checkpoint().root())
                ? Optional.empty()
                : Optional.of("the first " + anchored.size()
                        + " records of the store are not those of the anchor's checkpoint");
    }
}
