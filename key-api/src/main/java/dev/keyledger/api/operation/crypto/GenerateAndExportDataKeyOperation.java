package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import java.util.List;
import org.springframework.stereotype.Component;

/** GenerateAndExportDataKey: a fresh data key, encrypted under the key and to the caller's public key. */
@Component
final class GenerateAndExportDataKeyOperation implements Operation {

    private final KeyReferences references;
    private final KeyUses uses;

    GenerateAndExportDataKeyOperation(KeyReferences references, KeyUses uses) {
        this.references = references;
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String ciphertextBlob, String exportedDataKey) {}

    private record Wanted(int length, ExportKey exportKey, EncryptionContext context) {

        static Wanted read(Parameters parameters) {
            Wanted wanted = new Wanted(
                    DataKeyLength.read(parameters),
                    ExportKey.read(parameters),
                    CryptoParameters.context(parameters, "EncryptionContext"));
            if (wanted.length > wanted.exportKey.maxDataKeyBytes()) {
                throw Parameters.invalid("NumberOfBytes");
            }
            return wanted;
        }
    }

    @Override
    public String name() {
        return "GenerateAndExportDataKey";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.any(call.parameters(), "KeyId");
        Wanted wanted = Wanted.read(call.parameters());
        call.audit().context(wanted.context.pairs());
        try (KeyInUse key = uses.open(call, reference, KeyOperation.GENERATE_AND_EXPORT_DATA_KEY)) {
            return uses.record(call, List.of(key), () -> generate(call, key, wanted));
        }
    }

    private Response generate(Call call, KeyInUse key, Wanted wanted) {
        try (SecretBytes dataKey = uses.dataKey(wanted.length)) {
            byte[] blob = uses.seal(key, dataKey, wanted.context).bytes();
            byte[] exported = wanted.exportKey.wrap(dataKey);
            CryptoParameters.noteDigest(call.audit(), blob);
            call.audit().sizes(0, blob.length + exported.length);
            return new Response(
                    key.keyId().value(),
                    key.versionId().toString(),
                    CryptoParameters.base64(blob),
                    CryptoParameters.base64(exported));
        }
    }
}
