package dev.keyledger.api.audit;

/** The audit log as a request sees it. Thread-safe. */
public interface Audit {

    /**
     * Writes the request's single record, and its nonce if it has one, in one transaction of its own. When it returns, both are durable.
     *
     * <p>An operation that changes or uses keys does not come here: it writes the record in its own transaction and then calls {@link
     * AuditDraft#written()}.
     *
     * @throws dev.keyledger.refusal.Refusal {@code NONCE_USED} if the nonce is already there; nothing was written then
     * @throws RuntimeException if the record could not be written; the answer must not leave
     */
    void record(AuditDraft draft, Outcome outcome);
}
