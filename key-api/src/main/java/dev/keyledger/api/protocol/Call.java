package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.Caller;

/** One authenticated request whose parameters are not validated yet. Belongs to one thread. */
public interface Call {

    /** Query and form body as one map. */
    Parameters parameters();

    Caller caller();

    /** UUID of this request, as answered in {@code RequestId}. */
    String requestId();

    /** The draft of this request's single audit record. */
    AuditDraft audit();

    /**
     * Asks whether the caller may do this operation on the resource. Every operation asks at least once, before it reveals or changes
     * anything; the dispatcher answers {@code InternalFailure} for one that did not.
     *
     * @param resource key id, alias name or ARN; {@code *} if there is no single resource
     * @throws dev.keyledger.refusal.Refusal {@code NO_PERMISSION}
     */
    void authorise(String resource);
}
