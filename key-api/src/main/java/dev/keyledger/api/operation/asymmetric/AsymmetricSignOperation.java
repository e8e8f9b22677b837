package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** AsymmetricSign: no key here signs. */
@Component
final class AsymmetricSignOperation implements Operation {

    private final AsymmetricRefusal refusal;

    AsymmetricSignOperation(AsymmetricRefusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public String name() {
        return "AsymmetricSign";
    }

    @Override
    public Object execute(Call call) {
        throw refusal.of(call, AsymmetricRefusal.SIGNING, "Digest");
    }
}
