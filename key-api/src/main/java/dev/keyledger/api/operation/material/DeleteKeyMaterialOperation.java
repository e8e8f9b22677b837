package dev.keyledger.api.operation.material;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.DeleteKeyMaterial;
import org.springframework.stereotype.Component;

/** DeleteKeyMaterial: imported material is gone, the key stays. With nothing imported it succeeds and changes nothing. */
@Component
final class DeleteKeyMaterialOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;

    DeleteKeyMaterialOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "DeleteKeyMaterial";
    }

    @Override
    public Object execute(Call call) {
        return changes.apply(call, references.id(call.parameters(), "KeyId"), DeleteKeyMaterial::new);
    }
}
