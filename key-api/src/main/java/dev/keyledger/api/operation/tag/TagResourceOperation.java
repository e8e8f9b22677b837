package dev.keyledger.api.operation.tag;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.TagKey;
import java.util.Map;
import org.springframework.stereotype.Component;

/** TagResource: adds tags to a key or gives them other values. */
@Component
final class TagResourceOperation implements Operation {

    private final TaggedResource resource;
    private final KeyChanges changes;

    TagResourceOperation(TaggedResource resource, KeyChanges changes) {
        this.resource = resource;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "TagResource";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = resource.read(call.parameters());
        Map<String, String> tags = Tags.required(call.parameters(), "Tags");
        return changes.apply(call, reference, keyId -> new TagKey(keyId, tags));
    }
}
