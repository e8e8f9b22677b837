package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import org.springframework.stereotype.Component;

/** ScheduleKeyDeletion: the key refuses every use and is destroyed after 7 to 30 days, or up to as many as the operator allows. */
@Component
final class ScheduleKeyDeletionOperation implements Operation {

    private static final int MIN_DAYS = 7;

    private final KeyReferences references;
    private final KeyChanges changes;
    private final int maxDays;

    ScheduleKeyDeletionOperation(KeyReferences references, KeyChanges changes, Settings settings) {
        this.references = references;
        this.changes = changes;
        this.maxDays = settings.maxDeletionWindowDays();
    }

    @Override
    public String name() {
        return "ScheduleKeyDeletion";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.id(call.parameters(), "KeyId");
        int days = call.parameters().requiredInt("PendingWindowInDays", MIN_DAYS, maxDays);
        return changes.apply(call, reference, keyId -> new ScheduleKeyDeletion(keyId, days));
    }
}
