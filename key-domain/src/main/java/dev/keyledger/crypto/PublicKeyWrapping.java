package dev.keyledger.crypto;

import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;

/** Wraps a data key under a public key that the caller brings (ExportDataKey, GenerateAndExportDataKey). */
@SuppressWarnings("DoNotCallSuggester")
public final class PublicKeyWrapping {

    private PublicKeyWrapping() {}

    /**
     * RSA-OAEP under a 2048-bit key, with MGF1 over the same hash and an empty label.
     *
     * @param publicKey DER SubjectPublicKeyInfo
     * @param algorithm one of the two OAEP algorithms
     * @return 256 bytes
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_PARAMETER} naming {@code PublicKeyBlob} if it is not an RSA-2048 public key, or
     *     naming {@code CiphertextBlob} if the data key is too long for the algorithm
     */
    public static byte[] wrap(byte[] publicKey, WrappingAlgorithm algorithm, SecretBytes dataKey) {
        throw new UnsupportedOperationException("not built yet");
    }
}
