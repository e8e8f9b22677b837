package dev.keyledger.api.operation.policy;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** GetKeyPolicy: keys outside a dedicated instance have no policy, and every key here is outside. */
@Component
final class GetKeyPolicyOperation implements Operation {

    private final KeyReferences references;

    GetKeyPolicyOperation(KeyReferences references) {
        this.references = references;
    }

    @Override
    public String name() {
        return "GetKeyPolicy";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.idOrArn(call.parameters(), "KeyId");
        PolicyName.check(call.parameters());
        var unused = references.find(call, reference);
        throw Refusal.of(ErrorCode.KEY_POLICY_UNSUPPORTED);
    }
}
