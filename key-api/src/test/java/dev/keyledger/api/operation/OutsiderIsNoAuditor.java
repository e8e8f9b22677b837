package dev.keyledger.api.operation;

import dev.keyledger.api.auth.AuditorRole;
import dev.keyledger.api.auth.Caller;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** What policies will be: everybody is an auditor, but for one principal. Found by the scan of every node of the tests. */
@Component
@Primary
final class OutsiderIsNoAuditor implements AuditorRole {

    static final String OUTSIDER = "outsider";

    @Override
    public void require(Caller caller, String action) {
        if (caller.principal().equals(OUTSIDER)) {
            throw Refusal.of(ErrorCode.NO_PERMISSION);
        }
    }
}
