package dev.keyledger.api.auth;

/**
 * Who may be told what happens to keys: their events, by page and as a stream. Apart from {@link AuditorRole}, because a system that reacts to
 * events needs not know who caused them. Thread-safe.
 */
@FunctionalInterface
public interface EventReaderRole {

    /**
     * Returns if the caller may read events.
     *
     * @param action name of the endpoint in the audit log, for example {@code ListEvents}
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}, before anything is looked up
     */
    void require(Caller caller, String action);
}
