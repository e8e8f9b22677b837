package dev.keyledger.api.operation.version;

import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** CreateKeyVersion: not for keys of this kind. Whether the key exists is said first, its state never: no state would allow it. */
@Component
final class CreateKeyVersionOperation implements Operation {

    private final KeyReferences references;

    CreateKeyVersionOperation(KeyReferences references) {
        this.references = references;
    }

    @Override
    public String name() {
        return "CreateKeyVersion";
    }

    @Override
    public Object execute(Call call) {
        var unused = references.find(call, references.any(call.parameters(), "KeyId"));
        throw Refusal.of(ErrorCode.REJECTED_UNSUPPORTED_OPERATION);
    }
}
