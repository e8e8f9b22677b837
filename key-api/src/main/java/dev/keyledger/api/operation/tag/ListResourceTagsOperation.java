package dev.keyledger.api.operation.tag;

import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.tags.TagQueries;
import java.util.List;
import org.springframework.stereotype.Component;

/** ListResourceTags: all tags of one key. */
@Component
final class ListResourceTagsOperation implements Operation {

    private final KeyReferences references;
    private final TagQueries tags;

    ListResourceTagsOperation(KeyReferences references, TagQueries tags) {
        this.references = references;
        this.tags = tags;
    }

    record Response(TagList tags) {}

    record TagList(List<Entry> tag) {}

    record Entry(String keyId, String tagKey, String tagValue) {}

    @Override
    public String name() {
        return "ListResourceTags";
    }

    @Override
    public Object execute(Call call) {
        KeyId keyId =
                references.find(call, references.id(call.parameters(), "KeyId")).keyId();
        return new Response(new TagList(tags.of(keyId).stream()
                .map(tag -> new Entry(tag.keyId().value(), tag.tagKey(), tag.tagValue()))
                .toList()));
    }
}
