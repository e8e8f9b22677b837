package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.crypto.CiphertextBlob;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.material.SecretBytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Parameters and audit facts that several uses have in common. */
final class CryptoParameters {

    private static final int MAX_CONTEXT_CHARACTERS = 8192;

    private CryptoParameters() {}

    /** A JSON object of text to text; empty if absent. */
    static EncryptionContext context(Parameters parameters, String name) {
        return new EncryptionContext(parameters.stringMap(name, MAX_CONTEXT_CHARACTERS));
    }

    /** The bytes that claim to be a ciphertext. */
    static byte[] ciphertext(Parameters parameters) {
        return parameters.requiredBase64("CiphertextBlob", CiphertextBlob.MAX_BYTES);
    }

    /** Notes a ciphertext, made or opened, by its digest. */
    static void noteDigest(AuditDraft draft, byte[] ciphertext) {
        try {
            draft.ciphertextDigest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(ciphertext)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The answer's text of a secret; it lives as long as the answer is being written. */
    static String base64(SecretBytes secret) {
        return secret.use(Base64.getEncoder()::encodeToString);
    }
}
