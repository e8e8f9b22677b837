package dev.keyledger.api.operation.tag;

import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyCommand.UntagKeyCompletely;
import dev.keyledger.cmk.KeyId;
import java.util.List;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** UntagResources: removes the same tags, or all of them, from up to fifty keys; from all keys or from none. */
@Component
final class UntagResourcesOperation implements Operation {

    private final TaggedKeys taggedKeys;
    private final LedgerTransaction ledger;

    UntagResourcesOperation(TaggedKeys taggedKeys, LedgerTransaction ledger) {
        this.taggedKeys = taggedKeys;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "UntagResources";
    }

    @Override
    public Object execute(Call call) {
        List<String> ids = TaggedKeys.required(call.parameters());
        Function<KeyId, KeyCommand> command = command(call.parameters());
        List<KeyId> keys = taggedKeys.find(call, ids);
        return ledger.execute(call.audit(), TaggedKeys.streams(keys), commands -> {
            keys.forEach(keyId -> commands.send(command.apply(keyId)));
            return new Acknowledged();
        });
    }

    private static Function<KeyId, KeyCommand> command(Parameters parameters) {
        List<String> tagKeys = Tags.indexedKeys(parameters, "TagKey");
        boolean all = parameters.booleanOr("All", false);
        if (tagKeys.isEmpty() && !all) {
            throw Parameters.missing("TagKey.1");
        }
        // All counts only where no tag key is given.
        return tagKeys.isEmpty() ? UntagKeyCompletely::new : keyId -> new UntagKey(keyId, tagKeys);
    }
}
