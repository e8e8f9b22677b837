package dev.keyledger.api.operation.alias;

import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.aliasindex.AliasEntry;
import java.util.List;

/** A page of aliases, as both listings answer it. */
record AliasList(Aliases aliases, int totalCount, int pageNumber, int pageSize) {

    record Aliases(List<Entry> alias) {}

    record Entry(String aliasName, String keyId, String aliasArn) {}

    static AliasList of(Page<AliasEntry> page, Page.Request request, StoreIdentity identity) {
        List<Entry> entries = page.items().stream()
                .map(entry -> new Entry(
                        entry.name().value(),
                        entry.keyId().value(),
                        identity.aliasArn(entry.name().value())))
                .toList();
        return new AliasList(new Aliases(entries), page.totalCount(), request.number(), request.size());
    }
}
