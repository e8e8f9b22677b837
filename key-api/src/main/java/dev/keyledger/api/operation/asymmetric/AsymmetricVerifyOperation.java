package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** AsymmetricVerify: no key here signs, so there is nothing to verify. */
@Component
final class AsymmetricVerifyOperation implements Operation {

    private final AsymmetricRefusal refusal;

    AsymmetricVerifyOperation(AsymmetricRefusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public String name() {
        return "AsymmetricVerify";
    }

    @Override
    public Object execute(Call call) {
        throw refusal.of(call, AsymmetricRefusal.SIGNING, "Digest", "Value");
    }
}
