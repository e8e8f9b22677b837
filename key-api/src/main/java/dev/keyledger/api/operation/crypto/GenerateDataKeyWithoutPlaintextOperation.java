package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.operation.KeyReference;
import dev.keyledger.api.operation.KeyReferences;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import java.util.List;
import org.springframework.stereotype.Component;

/** GenerateDataKeyWithoutPlaintext: a fresh data key, encrypted only; its plaintext is never seen by anyone. */
@Component
final class GenerateDataKeyWithoutPlaintextOperation implements Operation {

    private final KeyReferences references;
    private final KeyUses uses;

    GenerateDataKeyWithoutPlaintextOperation(KeyReferences references, KeyUses uses) {
        this.references = references;
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String ciphertextBlob) {}

    @Override
    public String name() {
        return "GenerateDataKeyWithoutPlaintext";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.any(call.parameters(), "KeyId");
        int length = DataKeyLength.read(call.parameters());
        EncryptionContext context = CryptoParameters.context(call.parameters(), "EncryptionContext");
        call.audit().context(context.pairs());
        try (KeyInUse key = uses.open(call, reference, KeyOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT)) {
            return uses.record(call, List.of(key), () -> generate(call, key, length, context));
        }
    }

    private Response generate(Call call, KeyInUse key, int length, EncryptionContext context) {
        try (SecretBytes dataKey = uses.dataKey(length)) {
            byte[] blob = uses.seal(key, dataKey, context).bytes();
            CryptoParameters.noteDigest(call.audit(), blob);
            call.audit().sizes(0, blob.length);
            return new Response(key.keyId().value(), key.versionId().toString(), CryptoParameters.base64(blob));
        }
    }
}
