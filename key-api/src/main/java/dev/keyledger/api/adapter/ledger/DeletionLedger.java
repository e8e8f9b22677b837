package dev.keyledger.api.adapter.ledger;

import dev.keyledger.evidence.DeletionLedgerEntry.Cause;
import dev.keyledger.projection.Writes;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be known outside the database before material is destroyed in it (ADR 0019). Thread-safe. */
public interface DeletionLedger {

    /**
     * A destruction that is about to happen.
     *
     * @param versionId the version whose material goes; null if the event does not say
     * @param eventDigest as in the audit record, lower-case hexadecimal
     */
    record Destruction(
            Cause cause, String keyId, @Nullable String versionId, Instant at, String eventId, String eventDigest) {}

    /**
     * Announces destructions that the caller is about to commit.
     *
     * @param writes goes with the transaction of the destructions
     * @throws IOException if it is not certain that they are known; they must not happen then
     */
    void announce(List<Destruction> destructions, Writes writes) throws IOException;
}
