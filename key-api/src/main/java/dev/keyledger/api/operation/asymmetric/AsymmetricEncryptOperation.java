package dev.keyledger.api.operation.asymmetric;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import org.springframework.stereotype.Component;

/** AsymmetricEncrypt: no key here has a public half to encrypt with. */
@Component
final class AsymmetricEncryptOperation implements Operation {

    private final AsymmetricRefusal refusal;

    AsymmetricEncryptOperation(AsymmetricRefusal refusal) {
        this.refusal = refusal;
    }

    @Override
    public String name() {
        return "AsymmetricEncrypt";
    }

    @Override
    public Object execute(Call call) {
        throw refusal.of(call, AsymmetricRefusal.ENCRYPTION, "Plaintext");
    }
}
