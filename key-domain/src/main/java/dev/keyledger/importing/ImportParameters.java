package dev.keyledger.importing;

import java.time.Instant;

/**
 * What a client needs to wrap and import material (GetParametersForImport).
 *
 * @param tokenId identity of the token
 * @param importToken opaque Base64 text; whoever holds it may try to import
 * @param publicKey Base64 of the DER SubjectPublicKeyInfo, one line
 * @param expiresAt when the token lapses, store time
 */
public record ImportParameters(ImportTokenId tokenId, String importToken, String publicKey, Instant expiresAt) {

    @Override
    public String toString() {
        return "ImportParameters[" + tokenId + "]";
    }
}
