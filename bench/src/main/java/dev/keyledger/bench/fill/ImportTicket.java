package dev.keyledger.bench.fill;

/**
 * All that a client sends to import material into a key that waits for it.
 *
 * @param keyId a key in PendingImport
 * @param tokenId identity of the token
 * @param importToken as GetParametersForImport answered it
 * @param encryptedMaterial Base64 of 32 bytes wrapped with RSAES_OAEP_SHA_256
 */
public record ImportTicket(String keyId, String tokenId, String importToken, String encryptedMaterial) {

    @Override
    public String toString() {
        return "ImportTicket[" + keyId + "]";
    }
}
