package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.auth.Authoriser;
import dev.keyledger.api.auth.Caller;

/** A call that remembers whether its operation asked for permission. */
final class DispatchedCall implements Call {

    private final Parameters parameters;
    private final Caller caller;
    private final AuditDraft audit;
    private final Authoriser authoriser;
    private boolean authorised;

    DispatchedCall(Parameters parameters, Caller caller, AuditDraft audit, Authoriser authoriser) {
        this.parameters = parameters;
        this.caller = caller;
        this.audit = audit;
        this.authoriser = authoriser;
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public String requestId() {
        return audit.requestId();
    }

    @Override
    public AuditDraft audit() {
        return audit;
    }

    @Override
    public void authorise(String resource) {
        authoriser.authorise(caller, audit.action(), resource);
        authorised = true;
    }

    boolean isAuthorised() {
        return authorised;
    }
}
