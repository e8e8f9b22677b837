package dev.keyledger.api.operation.version;

import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.VersionReference;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.keyversion.KeyVersionQueries;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import org.springframework.stereotype.Component;

/** DescribeKeyVersion: when a version of a key was made. */
@Component
final class DescribeKeyVersionOperation implements Operation {

    private final KeyReferences references;
    private final KeyVersionQueries versions;

    DescribeKeyVersionOperation(KeyReferences references, KeyVersionQueries versions) {
        this.references = references;
        this.versions = versions;
    }

    record Response(KeyVersionEntry keyVersion) {}

    @Override
    public String name() {
        return "DescribeKeyVersion";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.any(call.parameters(), "KeyId");
        VersionReference version = VersionReference.read(call.parameters(), "KeyVersionId");
        KeyId keyId = references.find(call, reference).keyId();
        return version.id()
                .flatMap(id -> versions.find(keyId, id))
                .map(found -> new Response(KeyVersionEntry.of(found)))
                .orElseThrow(() -> Refusal.of(ErrorCode.KEY_VERSION_NOT_FOUND));
    }
}
