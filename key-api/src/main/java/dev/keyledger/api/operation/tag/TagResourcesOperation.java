package dev.keyledger.api.operation.tag;

import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.protocol.Acknowledged;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyCommand.TagKey;
import dev.keyledger.cmk.KeyId;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** TagResources: the same tags for up to fifty keys, all or none of them. */
@Component
final class TagResourcesOperation implements Operation {

    private final TaggedKeys taggedKeys;
    private final LedgerTransaction ledger;

    TagResourcesOperation(TaggedKeys taggedKeys, LedgerTransaction ledger) {
        this.taggedKeys = taggedKeys;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "TagResources";
    }

    @Override
    public Object execute(Call call) {
        List<String> ids = TaggedKeys.required(call.parameters());
        Map<String, String> tags = Tags.indexed(call.parameters(), "Tag");
        if (tags.isEmpty()) {
            throw Parameters.missing("Tag.1.Key");
        }
        List<KeyId> keys = taggedKeys.find(call, ids);
        return ledger.execute(call.audit(), TaggedKeys.streams(keys), commands -> {
            keys.forEach(keyId -> commands.send(new TagKey(keyId, tags)));
            return new Acknowledged();
        });
    }
}
