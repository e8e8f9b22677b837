package dev.keyledger.api.operation.material;

import dev.keyledger.api.adapter.vault.WrappingKeyPairs;
import dev.keyledger.api.operation.KeyChanges;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.operation.WireTime;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** GetParametersForImport: a fresh wrapping key and its token, good for 24 hours and for this key alone. */
@Component
final class GetParametersForImportOperation implements Operation {

    private final KeyReferences references;
    private final KeyChanges changes;
    private final WrappingKeyPairs pairs;
    private final boolean allowPkcs1v15;

    GetParametersForImportOperation(
            KeyReferences references, KeyChanges changes, WrappingKeyPairs pairs, Settings settings) {
        this.references = references;
        this.changes = changes;
        this.pairs = pairs;
        this.allowPkcs1v15 = settings.allowPkcs1v15();
    }

    record Response(String keyId, String importToken, String publicKey, String tokenExpireTime) {

        @Override
        public String toString() {
            return "Response[" + keyId + "]";
        }
    }

    @Override
    public String name() {
        return "GetParametersForImport";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.id(call.parameters(), "KeyId");
        WrappingAlgorithm algorithm = call.parameters().requiredOneOf("WrappingAlgorithm", WrappingAlgorithm.class);
        WrappingKeySpec spec = call.parameters().requiredOneOf("WrappingKeySpec", WrappingKeySpec.class);
        if (algorithm == WrappingAlgorithm.RSAES_PKCS1_V1_5 && !allowPkcs1v15) {
            throw Parameters.invalid("WrappingAlgorithm");
        }
        KeyId keyId = references.resolve(call, reference);
        // Outside the change: making a pair takes longer than anybody should wait for this key or hold a connection.
        pairs.prepare();
        ImportParameters issued = (ImportParameters)
                Objects.requireNonNull(changes.send(call, new IssueImportParameters(keyId, algorithm, spec)));
        return new Response(keyId.value(), issued.importToken(), issued.publicKey(), WireTime.of(issued.expiresAt()));
    }
}
