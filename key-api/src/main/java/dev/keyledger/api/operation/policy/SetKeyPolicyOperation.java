package dev.keyledger.api.operation.policy;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** SetKeyPolicy: refused rather than ignored, because a policy that is not enforced would be a promise nobody keeps. */
@Component
final class SetKeyPolicyOperation implements Operation {

    private static final int MAX_POLICY = 32_768;

    private final KeyReferences references;

    SetKeyPolicyOperation(KeyReferences references) {
        this.references = references;
    }

    @Override
    public String name() {
        return "SetKeyPolicy";
    }

    @Override
    public Object execute(Call call) {
        Parameters parameters = call.parameters();
        KeyReference reference = references.idOrArn(parameters, "KeyId");
        PolicyName.check(parameters);
        var policy = parameters.json("Policy", MAX_POLICY).orElseThrow(() -> Parameters.missing("Policy"));
        if (!policy.isObject()) {
            throw Parameters.invalid("Policy");
        }
        var unused = references.find(call, reference);
        throw Refusal.of(ErrorCode.KEY_POLICY_UNSUPPORTED);
    }
}
