package dev.keyledger.api.operation.version;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.Paging;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.keyversion.KeyVersion;
import dev.keyledger.projection.keyversion.KeyVersionQueries;
import java.util.List;
import org.springframework.stereotype.Component;

/** ListKeyVersions: one version for a key that ever had material, none before the first import. */
@Component
final class ListKeyVersionsOperation implements Operation {

    private final KeyReferences references;
    private final KeyVersionQueries versions;

    ListKeyVersionsOperation(KeyReferences references, KeyVersionQueries versions) {
        this.references = references;
        this.versions = versions;
    }

    record Response(KeyVersions keyVersions, int totalCount, int pageNumber, int pageSize) {}

    record KeyVersions(List<KeyVersionEntry> keyVersion) {}

    @Override
    public String name() {
        return "ListKeyVersions";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.any(call.parameters(), "KeyId");
        Page.Request request = Paging.read(call.parameters());
        KeyId keyId = references.find(call, reference).keyId();
        Page<KeyVersion> page = versions.list(keyId, request);
        return new Response(
                new KeyVersions(page.items().stream().map(KeyVersionEntry::of).toList()),
                page.totalCount(),
                request.number(),
                request.size());
    }
}
