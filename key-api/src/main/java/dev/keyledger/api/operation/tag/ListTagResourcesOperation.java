package dev.keyledger.api.operation.tag;

import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.tags.KeyTag;
import dev.keyledger.projection.tags.TagQueries;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** ListTagResources: tags across keys, 200 rows at a time; given tags restrict the answer to the keys that carry all of them. */
@Component
final class ListTagResourcesOperation implements Operation {

    private static final int PAGE_ROWS = 200;

    private final TaggedKeys taggedKeys;
    private final TagQueries tags;

    ListTagResourcesOperation(TaggedKeys taggedKeys, TagQueries tags) {
        this.taggedKeys = taggedKeys;
        this.tags = tags;
    }

    record Response(TagResourceList tagResources, String nextToken) {}

    record TagResourceList(List<Entry> tagResource) {}

    record Entry(String resourceId, String resourceType, String tagKey, String tagValue) {}

    @Override
    public String name() {
        return "ListTagResources";
    }

    @Override
    public Object execute(Call call) {
        List<String> ids = TaggedKeys.orNone(call.parameters());
        Map<String, String> wanted = Tags.indexed(call.parameters(), "Tag");
        KeyTag after = TagCursor.read(call.parameters(), "NextToken");
        if (ids.isEmpty()) {
            call.authorise("*");
        }
        List<KeyId> keys = taggedKeys.find(call, ids);
        return call.parameters().required("ResourceType").equals(TaggedKeys.KEY)
                ? page(keys, wanted, after)
                : new Response(new TagResourceList(List.of()), "");
    }

    private Response page(List<KeyId> keys, Map<String, String> wanted, @Nullable KeyTag after) {
        // One row more than the page tells whether another page follows.
        List<KeyTag> rows = tags.list(keys, wanted, after, PAGE_ROWS + 1);
        boolean more = rows.size() > PAGE_ROWS;
        List<KeyTag> page = more ? rows.subList(0, PAGE_ROWS) : rows;
        List<Entry> entries = page.stream()
                .map(tag -> new Entry(tag.keyId().value(), TaggedKeys.KEY, tag.tagKey(), tag.tagValue()))
                .toList();
        return new Response(new TagResourceList(entries), more ? TagCursor.write(page.get(PAGE_ROWS - 1)) : "");
    }
}
