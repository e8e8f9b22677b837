package dev.keyledger.api.operation.version;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.RotationInterval;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** UpdateRotationPolicy: keys do not rotate here. Whether the key exists is said first, its state never: no state would allow it. */
@Component
final class UpdateRotationPolicyOperation implements Operation {

    private final KeyReferences references;

    UpdateRotationPolicyOperation(KeyReferences references) {
        this.references = references;
    }

    @Override
    public String name() {
        return "UpdateRotationPolicy";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.id(call.parameters(), "KeyId");
        if (call.parameters().requiredBoolean("EnableAutomaticRotation")) {
            RotationInterval.check(call.parameters());
        }
        var unused = references.find(call, reference);
        throw Refusal.of(ErrorCode.REJECTED_UNSUPPORTED_OPERATION);
    }
}
