package dev.keyledger.crypto;

import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;

/** Wraps a data key under a public key that the caller brings (ExportDataKey, GenerateAndExportDataKey). */
public final class PublicKeyWrapping {

    private static final int MODULUS_BITS = 2048;

    private PublicKeyWrapping() {}

    /**
     * RSA-OAEP under a 2048-bit key, with MGF1 over the same hash and an empty label.
     *
     * @param publicKey DER SubjectPublicKeyInfo
     * @param algorithm one of the two OAEP algorithms
     * @return 256 bytes
     * @throws Refusal {@code INVALID_PARAMETER} naming {@code PublicKeyBlob} if it is not an RSA-2048 public key, naming {@code
     *     WrappingAlgorithm} if that is not OAEP, or naming {@code CiphertextBlob} if the data key is too long for the algorithm
     */
    public static byte[] wrap(byte[] publicKey, WrappingAlgorithm algorithm, SecretBytes dataKey) {
        OaepHash hash =
                OaepHash.of(algorithm).orElseThrow(() -> Refusal.of(ErrorCode.INVALID_PARAMETER, "WrappingAlgorithm"));
        RSAPublicKey key = parse(publicKey);
        if (dataKey.length() > MODULUS_BITS / Byte.SIZE - 2 * hash.digestBytes() - 2) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, "CiphertextBlob")
                    .because("data key of " + dataKey.length() + " bytes is too long for " + algorithm);
        }
        return dataKey.use(bytes -> {
            try {
                Cipher cipher = Jca.rsaOaep();
                cipher.init(Cipher.ENCRYPT_MODE, key, hash.parameters());
                return cipher.doFinal(bytes);
            } catch (GeneralSecurityException impossible) {
                throw Jca.unusable(impossible);
            }
        });
    }

    /**
     * Checks a public key before anything is done for it.
     *
     * @throws Refusal {@code INVALID_PARAMETER} naming {@code PublicKeyBlob} if it is not an RSA-2048 public key
     */
    public static void check(byte[] publicKey) {
        var unused = parse(publicKey);
    }

    private static RSAPublicKey parse(byte[] publicKey) {
        try {
            if (Jca.rsaKeys().generatePublic(new X509EncodedKeySpec(publicKey)) instanceof RSAPublicKey key
                    && key.getModulus().bitLength() == MODULUS_BITS
                    && key.getModulus().testBit(0)
                    && sound(key.getPublicExponent())) {
                return key;
            }
        } catch (InvalidKeySpecException malformed) {
            // Falls through to the one refusal for everything that is not an RSA-2048 public key.
        }
        throw Refusal.of(ErrorCode.INVALID_PARAMETER, "PublicKeyBlob");
    }

    /** An exponent of 1 would export the data key in the clear; an even one could never be opened. */
    private static boolean sound(BigInteger exponent) {
        return exponent.compareTo(BigInteger.valueOf(3)) >= 0 && exponent.testBit(0);
    }
}
