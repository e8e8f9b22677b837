package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.Paging;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.keystate.KeyFilter;
import dev.keyledger.projection.keystate.KeyStateQueries;
import java.util.List;
import org.springframework.stereotype.Component;

/** ListKeys: the keys of every state, oldest first. */
@Component
final class ListKeysOperation implements Operation {

    private final KeyStateQueries keys;
    private final StoreIdentity identity;

    ListKeysOperation(KeyStateQueries keys, StoreIdentity identity) {
        this.keys = keys;
        this.identity = identity;
    }

    record Response(Keys keys, int totalCount, int pageNumber, int pageSize) {}

    record Keys(List<Entry> key) {}

    record Entry(String keyId, String keyArn) {}

    @Override
    public String name() {
        return "ListKeys";
    }

    @Override
    public Object execute(Call call) {
        Page.Request request = Paging.read(call.parameters());
        KeyFilter filter = KeyFilters.read(call.parameters());
        call.authorise("*");
        Page<KeyId> page = keys.list(filter, request);
        List<Entry> entries = page.items().stream()
                .map(key -> new Entry(key.value(), identity.keyArn(key.value())))
                .toList();
        return new Response(new Keys(entries), page.totalCount(), request.number(), request.size());
    }
}
