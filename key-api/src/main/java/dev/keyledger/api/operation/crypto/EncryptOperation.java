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

/** Encrypt: at most 6144 bytes under the key's present version. */
@Component
final class EncryptOperation implements Operation {

    private static final int MAX_PLAINTEXT = 6144;

    private final KeyReferences references;
    private final KeyUses uses;

    EncryptOperation(KeyReferences references, KeyUses uses) {
        this.references = references;
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String ciphertextBlob) {}

    @Override
    public String name() {
        return "Encrypt";
    }

    @Override
    public Object execute(Call call) {
        KeyReference reference = references.any(call.parameters(), "KeyId");
        EncryptionContext context = CryptoParameters.context(call.parameters(), "EncryptionContext");
        call.audit().context(context.pairs());
        try (SecretBytes plaintext =
                        SecretBytes.takeFrom(call.parameters().requiredBase64("Plaintext", MAX_PLAINTEXT));
                KeyInUse key = uses.open(call, reference, KeyOperation.ENCRYPT)) {
            return uses.record(call, List.of(key), () -> encrypt(call, key, plaintext, context));
        }
    }

    private Response encrypt(Call call, KeyInUse key, SecretBytes plaintext, EncryptionContext context) {
        byte[] blob = uses.seal(key, plaintext, context).bytes();
        CryptoParameters.noteDigest(call.audit(), blob);
        call.audit().sizes(plaintext.length(), blob.length);
        return new Response(key.keyId().value(), key.versionId().toString(), CryptoParameters.base64(blob));
    }
}
