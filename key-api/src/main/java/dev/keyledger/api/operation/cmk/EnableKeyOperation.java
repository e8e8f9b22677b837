package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import org.springframework.stereotype.Component;

/** EnableKey: a disabled key may be used again. Enabling an enabled key succeeds and changes nothing. */
@Component
final class EnableKeyOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;

    EnableKeyOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "EnableKey";
    }

    @Override
    public Object execute(Call call) {
        return changes.apply(call, references.id(call.parameters(), "KeyId"), EnableKey::new);
    }
}
