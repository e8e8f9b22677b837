package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.FreeText;
import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyCommand.SetDeletionProtection;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** SetDeletionProtection: whether the key's deletion may be scheduled. The key is named by ARN, or by id as newer clients do. */
@Component
final class SetDeletionProtectionOperation implements Operation {

    private static final String ARN = "ProtectedResourceArn";

    private final KeyReferences references;
    private final KeyChanges changes;

    SetDeletionProtectionOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "SetDeletionProtection";
    }

    @Override
    public Object execute(Call call) {
        Parameters parameters = call.parameters();
        KeyReference reference = reference(parameters);
        boolean enabled = parameters.requiredBoolean("EnableDeletionProtection");
        String description = FreeText.orEmpty(parameters, "DeletionProtectionDescription");
        return changes.apply(
                call, reference, keyId -> new SetDeletionProtection(keyId, enabled, enabled ? description : ""));
    }

    private KeyReference reference(Parameters parameters) {
        if (parameters.optional("KmsInstanceId").isPresent()) {
            // An instance could be protected in the key's place; there are no instances here.
            throw Refusal.of(ErrorCode.UNSUPPORTED_OPERATION);
        }
        if (parameters.optional("KeyId").isEmpty()) {
            return references.arn(parameters, ARN);
        }
        KeyReference byId = references.idOrArn(parameters, "KeyId");
        if (parameters.optional(ARN).isPresent()
                && !references.arn(parameters, ARN).equals(byId)) {
            throw Parameters.invalid(ARN);
        }
        return byId;
    }
}
