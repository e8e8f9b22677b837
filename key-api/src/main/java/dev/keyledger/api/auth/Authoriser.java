package dev.keyledger.api.auth;

/** Who may do what. Asked before any state of the resource is revealed. Thread-safe. */
public interface Authoriser {

    /**
     * Returns if the caller may act on the resource.
     *
     * @param action name of the operation, for example {@code CreateKey}
     * @param resource key id, alias name or ARN as resolved so far; {@code *} if the operation has no single resource
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}, whether or not the resource exists
     */
    void authorise(Caller caller, String action, String resource);
}
