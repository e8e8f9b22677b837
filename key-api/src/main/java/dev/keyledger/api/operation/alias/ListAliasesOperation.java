package dev.keyledger.api.operation.alias;

import dev.keyledger.api.operation.Paging;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.aliasindex.AliasQueries;
import org.springframework.stereotype.Component;

/** ListAliases: every alias of this store, by name. */
@Component
final class ListAliasesOperation implements Operation {

    private final AliasQueries aliases;
    private final StoreIdentity identity;

    ListAliasesOperation(AliasQueries aliases, StoreIdentity identity) {
        this.aliases = aliases;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "ListAliases";
    }

    @Override
    public Object execute(Call call) {
        Page.Request request = Paging.read(call.parameters());
        call.authorise("*");
        return AliasList.of(aliases.list(request), request, identity);
    }
}
