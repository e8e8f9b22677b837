package dev.keyledger.api.auth;

/**
 * Who may read what others did: the audit log, what a key was, and its time line. Apart from {@link Authoriser}, which knows acts on keys,
 * because an auditor needs all of this and none of those. Thread-safe.
 */
@FunctionalInterface
public interface AuditorRole {

    /**
     * Returns if the caller is an auditor.
     *
     * @param action name of the endpoint in the audit log, for example {@code ListAuditRecords}
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}, before anything is looked up
     */
    void require(Caller caller, String action);
}
