package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Encrypts and decrypts in the published format v1: a fresh derived key per message, key-committing (ADR 0004). Thread-safe.
 *
 * <p>{@code K_e ‖ C = KBKDF(material, "kms/v1/data", length ‖ key id ‖ version id ‖ nonce)}, 32 bytes each; AES-256-GCM under K_e over the
 * plaintext, with all bytes before the ciphertext and the canonical context as additional data. C is in the blob: GCM alone lets one who
 * knows two keys make a ciphertext that opens under both.
 */
public final class MessageCipher {

    /** Longest plaintext, in bytes, that fits a blob whatever its key id; the protocol allows less. */
    static final int MAX_PLAINTEXT_BYTES = CiphertextBlob.MAX_BYTES - 256;

    private static final String LABEL = "kms/v1/data";

    private final SecureRandom random;

    public MessageCipher(SecureRandom random) {
        this.random = random;
    }

    /**
     * Encrypts under the material of one key version.
     *
     * @param material 32 bytes
     */
    public CiphertextBlob seal(
            SecretBytes material,
            KeyId keyId,
            KeyVersionId versionId,
            SecretBytes plaintext,
            EncryptionContext context) {
        byte[] nonce = new byte[CiphertextBlob.NONCE_BYTES];
        byte[] iv = new byte[AesGcm.IV_BYTES];
        random.nextBytes(nonce);
        random.nextBytes(iv);
        return seal(material, keyId, versionId, plaintext, context, nonce, iv);
    }

    /** With a nonce and IV of the caller's: for test vectors only, since a repeated nonce gives a repeated key. */
    static CiphertextBlob seal(
            SecretBytes material,
            KeyId keyId,
            KeyVersionId versionId,
            SecretBytes plaintext,
            EncryptionContext context,
            byte[] nonce,
            byte[] iv) {
        if (plaintext.length() > MAX_PLAINTEXT_BYTES) {
            throw new IllegalArgumentException("a plaintext has at most " + MAX_PLAINTEXT_BYTES + " bytes");
        }
        byte[] prologue = CiphertextBlob.prologue(keyId, versionId, nonce, iv);
        byte[] derivationContext = Arrays.copyOfRange(prologue, 2, prologue.length - AesGcm.IV_BYTES);
        byte[] derived = derive(material, derivationContext);
        byte[] key = Arrays.copyOf(derived, AesGcm.KEY_BYTES);
        try {
            byte[] header = ByteLayout.empty()
                    .fixed(prologue)
                    .fixed(Arrays.copyOfRange(derived, AesGcm.KEY_BYTES, derived.length))
                    .bytes();
            byte[] sealed = plaintext.use(bytes -> AesGcm.encrypt(key, iv, additionalData(header, context), bytes));
            return CiphertextBlob.of(header, sealed);
        } finally {
            Arrays.fill(derived, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * Decrypts.
     *
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_CIPHERTEXT}, one and the same for wrong context, tag or commitment; the internal
     *     reason tells them apart
     */
    public SecretBytes open(SecretBytes material, CiphertextBlob blob, EncryptionContext context) {
        byte[] derived = derive(material, blob.derivationContext());
        byte[] key = Arrays.copyOf(derived, AesGcm.KEY_BYTES);
        try {
            byte[] commitment = Arrays.copyOfRange(derived, AesGcm.KEY_BYTES, derived.length);
            if (!MessageDigest.isEqual(commitment, blob.commitment())) {
                throw CiphertextBlob.invalid("commitment does not hold: other material, or a changed header");
            }
            return AesGcm.decrypt(key, blob.iv(), additionalData(blob.header(), context), blob.ciphertextAndTag())
                    .map(SecretBytes::takeFrom)
                    .orElseThrow(() ->
                            CiphertextBlob.invalid("tag does not hold: other encryption context, or changed bytes"));
        } finally {
            Arrays.fill(derived, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] derive(SecretBytes material, byte[] derivationContext) {
        return material.use(bytes ->
                Kbkdf.derive(bytes, LABEL, derivationContext, AesGcm.KEY_BYTES + CiphertextBlob.COMMITMENT_BYTES));
    }

    private static byte[] additionalData(byte[] header, EncryptionContext context) {
        return ByteLayout.empty().fixed(header).fixed(context.canonical()).bytes();
    }
}
