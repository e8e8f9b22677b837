package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import org.springframework.stereotype.Component;

/** DisableKey: the key refuses every use from now on. Disabling a disabled key succeeds and changes nothing. */
@Component
final class DisableKeyOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;

    DisableKeyOperation(KeyReferences references, KeyChanges changes) {
        this.references = references;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "DisableKey";
    }

    @Override
    public Object execute(Call call) {
        return changes.apply(call, references.id(call.parameters(), "KeyId"), DisableKey::new);
    }
}
