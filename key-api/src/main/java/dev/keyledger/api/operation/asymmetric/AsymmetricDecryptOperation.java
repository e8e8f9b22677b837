package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** AsymmetricDecrypt: no key here has a private half to decrypt with. */
@Component
final class AsymmetricDecryptOperation implements Operation {

    private final AsymmetricRefusal refusal;

    AsymmetricDecryptOperation(AsymmetricRefusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public String name() {
        return "AsymmetricDecrypt";
    }

    @Override
    public Object execute(Call call) {
        throw refusal.of(call, AsymmetricRefusal.ENCRYPTION, "CiphertextBlob");
    }
}
