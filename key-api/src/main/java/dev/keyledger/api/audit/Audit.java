package dev.keyledger.api.audit;

import dev.keyledger.refusal.ErrorCode;

/** The audit log as a request sees it. Thread-safe. */
public interface Audit {

    /**
     * Writes the request's single record, and its nonce if it has one, in one transaction of its own. When it returns, both are durable.
     *
     * <p>An operation that changes or uses keys does not come here: it writes the record in its own transaction and then calls {@link
     * AuditDraft#written()}.
     *
     * @throws dev.keyledger.refusal.Refusal what the record says instead: that the nonce was used, or that the access key does not count any
     *     more; unless the draft is {@linkplain AuditDraft#isWritten() written}, nothing was written then
     * @throws dev.keyledger.api.adapter.batch.OverloadedException if it would come too late; nothing was written, and nothing will be
     * @throws RuntimeException if the record could not be written; the answer must not leave
     */
    void record(AuditDraft draft, Outcome outcome);

    /** Counts a request that was refused for the flood it came in and has no record of its own. */
    default void unrecorded(AuditDraft draft, ErrorCode code) {}
}
