package dev.keyledger.api.auth;

/**
 * Who may say where events of keys are sent, and see how that goes. Apart from {@link AuditorRole}: an auditor reads, and sends nothing
 * anywhere. Thread-safe.
 */
@FunctionalInterface
public interface SubscriberRole {

    /**
     * Returns if the caller may do it.
     *
     * @param action name of the endpoint in the audit log, for example {@code CreateWebhook}
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}, before anything is looked up
     */
    void require(Caller caller, String action);
}
