package dev.keyledger.api.operation.account;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** OpenKmsService: a service that answers is open already. */
@Component
final class OpenKmsServiceOperation implements Operation {

    @Override
    public String name() {
        return "OpenKmsService";
    }

    @Override
    public Object execute(Call call) {
        call.authorise("*");
        throw Refusal.of(ErrorCode.SERVICE_OPENED);
    }
}
