package dev.keyledger.importing;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.material.SecretBytes;
import java.time.Instant;

/**
 * The sealed body of an import token (ADR 0006). Closing wipes the share.
 *
 * @param tokenId identity of the token
 * @param share the token's half of what opens the private key, 32 bytes
 * @param keyId the only key it imports into
 * @param algorithm the only wrapping it accepts
 * @param publicKeyDigest SHA-256 of the SubjectPublicKeyInfo, lower-case hexadecimal
 * @param issuedAt store time
 * @param expiresAt store time
 */
public record OpenedImportToken(
        ImportTokenId tokenId,
        SecretBytes share,
        KeyId keyId,
        WrappingAlgorithm algorithm,
        String publicKeyDigest,
        Instant issuedAt,
        Instant expiresAt)
        implements AutoCloseable {

    @Override
    public void close() {
        share.close();
    }
}
