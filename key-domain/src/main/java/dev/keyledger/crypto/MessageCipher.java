package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;

/** Encrypts and decrypts in the published format v1: a fresh derived key per message, key-committing (ADR 0004). Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class MessageCipher {

    private final SecureRandom random;

    public MessageCipher(SecureRandom random) {
        this.random = random;
    }

    /** Encrypts under the material of one key version. */
    public CiphertextBlob seal(
            SecretBytes material,
            KeyId keyId,
            KeyVersionId versionId,
            SecretBytes plaintext,
            EncryptionContext context) {
        throw new UnsupportedOperationException("not built yet " + random);
    }

    /**
     * Decrypts.
     *
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_CIPHERTEXT}, one and the same for wrong context, tag or commitment; the internal
     *     reason tells them apart
     */
    public SecretBytes open(SecretBytes material, CiphertextBlob blob, EncryptionContext context) {
        throw new UnsupportedOperationException("not built yet");
    }
}
