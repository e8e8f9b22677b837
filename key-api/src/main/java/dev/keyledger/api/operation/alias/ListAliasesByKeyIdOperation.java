package dev.keyledger.api.operation.alias;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.Paging;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.aliasindex.AliasQueries;
import org.springframework.stereotype.Component;

/** ListAliasesByKeyId: the aliases of one key, by name. */
@Component
final class ListAliasesByKeyIdOperation implements Operation {

    private final KeyReferences references;
    private final AliasQueries aliases;
    private final StoreIdentity identity;

    ListAliasesByKeyIdOperation(KeyReferences references, AliasQueries aliases, StoreIdentity identity) {
        this.references = references;
        this.aliases = aliases;
        this.identity = identity;
    }

    @Override
    public String name() {
        return "ListAliasesByKeyId";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.idOrArn(call.parameters(), "KeyId");
        Page.Request request = Paging.read(call.parameters());
        KeyId keyId = references.find(call, reference).keyId();
        return AliasList.of(aliases.listOf(keyId, request), request, identity);
    }
}
