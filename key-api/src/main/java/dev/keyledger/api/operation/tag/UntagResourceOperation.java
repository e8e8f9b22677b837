package dev.keyledger.api.operation.tag;

import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyCommand.UntagKey;
import dev.keyledger.cmk.KeyId;
import java.util.List;
import org.springframework.stereotype.Component;

/** UntagResource: removes tags from a key; a tag that is not there is no error. */
@Component
final class UntagResourceOperation implements Operation {

    private final TaggedResource resource;
    private final KeyReferences references;
    private final KeyChanges changes;

    UntagResourceOperation(TaggedResource resource, KeyReferences references, KeyChanges changes) {
        this.resource = resource;
        this.references = references;
        this.changes = changes;
    }

    /** The clients of 2019 read {@code KeyId}, later ones the request id alone. */
    record Response(String keyId) {}

    @Override
    public String name() {
        return "UntagResource";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = resource.read(call.parameters());
        List<String> tagKeys = Tags.requiredKeys(call.parameters(), "TagKeys");
        KeyId keyId = references.resolve(call, reference);
        var unused = changes.send(call, new UntagKey(keyId, tagKeys));
        return new Response(keyId.value());
    }
}
