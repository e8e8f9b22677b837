package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** GetPublicKey: no key here has one. */
@Component
final class GetPublicKeyOperation implements Operation {

    private final AsymmetricRefusal refusal;

    GetPublicKeyOperation(AsymmetricRefusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public String name() {
        return "GetPublicKey";
    }

    @Override
    public Object execute(Call call) {
        throw refusal.of(call);
    }
}
