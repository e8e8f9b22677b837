package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import org.springframework.stereotype.Component;

/** CancelKeyDeletion: the key is enabled again if it has material, else it waits for an import. */
@Component
final class CancelKeyDeletionOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;

    CancelKeyDeletionOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "CancelKeyDeletion";
    }

    @Override
    public Object execute(Call call) {
        return changes.apply(call, references.id(call.parameters(), "KeyId"), CancelKeyDeletion::new);
    }
}
