package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.adapter.journal.KeyInUse;
import dev.keyledger.api.protocol.Call;
import dev.keyledger.api.protocol.Operation;
import dev.keyledger.cmk.KeyOperation;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import java.util.List;
import org.springframework.stereotype.Component;

/** Decrypt: the ciphertext names its key and version. Whatever is wrong with it, the answer is one and the same. */
@Component
final class DecryptOperation implements Operation {

    private final KeyUses uses;

    DecryptOperation(KeyUses uses) {
        this.uses = uses;
    }

    record Response(String keyId, String keyVersionId, String plaintext) {

        @Override
        public String toString() {
            return "Response[" + keyId + "]";
        }
    }

    @Override
    public String name() {
        return "Decrypt";
    }

    @Override
    public Object execute(Call call) {
        byte[] bytes = CryptoParameters.ciphertext(call.parameters());
        EncryptionContext context = CryptoParameters.context(call.parameters(), "EncryptionContext");
        CryptoParameters.noteDigest(call.audit().context(context.pairs()), bytes);
        CiphertextBlob blob = CiphertextBlob.parse(bytes);
        try (KeyInUse key = uses.openMaker(call, blob, KeyOperation.DECRYPT)) {
            return uses.record(call, List.of(key), () -> decrypt(call, key, blob, context));
        }
    }

    private Response decrypt(Call call, KeyInUse key, CiphertextBlob blob, EncryptionContext context) {
        try (SecretBytes plaintext = uses.open(key, blob, context)) {
            call.audit().sizes(blob.bytes().length, plaintext.length());
            return new Response(key.keyId().value(), key.versionId().toString(), CryptoParameters.base64(plaintext));
        }
    }
}
