package dev.keyledger.api.operation.crypto;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.crypto.PublicKeyWrapping;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.SecretBytes;

/**
 * The public key under which a data key is to be exported: {@code PublicKeyBlob}, {@code WrappingAlgorithm} and {@code WrappingKeySpec}.
 *
 * @param der SubjectPublicKeyInfo of an RSA-2048 key
 * @param algorithm one of the two OAEP algorithms
 */
@SuppressWarnings("ArrayRecordComponent") // A public key handed straight to the cipher; never compared.
record ExportKey(byte[] der, WrappingAlgorithm algorithm) {

    /** A DER SubjectPublicKeyInfo of RSA-2048 has 294 bytes. */
    private static final int MAX_BYTES = 1024;

    /** RFC 8017 §7.1.1: the modulus less two hashes and two bytes. */
    private static final int MAX_DATA_KEY_SHA_1 = 256 - 2 * 20 - 2;

    private static final int MAX_DATA_KEY_SHA_256 = 256 - 2 * 32 - 2;

    static ExportKey read(Parameters parameters) {
        byte[] der = parameters.requiredBase64("PublicKeyBlob", MAX_BYTES);
        WrappingAlgorithm algorithm = parameters.requiredOneOf("WrappingAlgorithm", WrappingAlgorithm.class);
        if (algorithm == WrappingAlgorithm.RSAES_PKCS1_V1_5) {
            throw Parameters.invalid("WrappingAlgorithm");
        }
        var unused = parameters.requiredOneOf("WrappingKeySpec", WrappingKeySpec.class);
        PublicKeyWrapping.check(der);
        return new ExportKey(der, algorithm);
    }

    /** Longest data key that fits, in bytes. */
    int maxDataKeyBytes() {
        return algorithm == WrappingAlgorithm.RSAES_OAEP_SHA_1 ? MAX_DATA_KEY_SHA_1 : MAX_DATA_KEY_SHA_256;
    }

    /** The wrapped data key, 256 bytes. */
    byte[] wrap(SecretBytes dataKey) {
        return PublicKeyWrapping.wrap(der, algorithm, dataKey);
    }
}
