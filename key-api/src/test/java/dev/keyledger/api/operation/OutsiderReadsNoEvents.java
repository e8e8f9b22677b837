package dev.keyledger.api.operation;

import dev.keyledger.api.auth.Caller;
import dev.keyledger.api.auth.EventReaderRole;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** What policies will be, as {@link OutsiderIsNoAuditor}: everybody reads events, but for the same principal. */
@Component
@Primary
final class OutsiderReadsNoEvents implements EventReaderRole {

    @Override
    public void require(Caller caller, String action) {
        if (caller.principal().equals(OutsiderIsNoAuditor.OUTSIDER)) {
            throw Refusal.of(ErrorCode.NO_PERMISSION);
        }
    }
}
