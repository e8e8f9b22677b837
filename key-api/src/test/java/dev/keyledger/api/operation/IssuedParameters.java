package dev.keyledger.api.operation;

/**
 * Import parameters.
 *
 * @param publicKey Base64 of a SubjectPublicKeyInfo
 */
record IssuedParameters(String keyId, String token, String publicKey) {

    /** The material as RSAES_OAEP_SHA_256 wraps it. */
    String wrap(byte[] material) {
        return Keys.oaepSha256(publicKey, material);
    }
}
