package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.FreeText;
import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import org.springframework.stereotype.Component;

/** UpdateKeyDescription: another description; empty text clears it. */
@Component
final class UpdateKeyDescriptionOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;

    UpdateKeyDescriptionOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "UpdateKeyDescription";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.id(call.parameters(), "KeyId");
        String description = FreeText.required(call.parameters(), "Description");
        return changes.apply(call, reference, keyId -> new UpdateKeyDescription(keyId, description));
    }
}
