package dev.keyledger.api.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.jspecify.annotations.Nullable;

/** Wraps material for an import as the vendor's page "Import key material" asks for it. */
final class Wrapping {

    private Wrapping() {}

    /** Wraps with the padding that a wrapping algorithm stands for; answers Base64. */
    static String wrap(String wrappingAlgorithm, String publicKey, byte[] material) {
        return switch (wrappingAlgorithm) {
            case "RSAES_PKCS1_V1_5" -> wrap("RSA/ECB/PKCS1Padding", null, publicKey, material);
            case "RSAES_OAEP_SHA_1" -> wrap("RSA/ECB/OAEPPadding", oaep("SHA-1", "SHA-1"), publicKey, material);
            case "RSAES_OAEP_SHA_256" -> wrap("RSA/ECB/OAEPPadding", oaep("SHA-256", "SHA-256"), publicKey, material);
            default -> throw new IllegalArgumentException(wrappingAlgorithm);
        };
    }

    /** Wraps with any transformation; null leaves its parameters to the provider. Answers Base64. */
    static String wrap(
            String transformation, @Nullable AlgorithmParameterSpec parameters, String publicKey, byte[] material) {
        try {
            Cipher cipher = Cipher.getInstance(transformation);
            PublicKey key = publicKey(publicKey);
            if (parameters == null) {
                cipher.init(Cipher.ENCRYPT_MODE, key);
            } else {
                cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
            }
            return Base64.getEncoder().encodeToString(cipher.doFinal(material));
        } catch (GeneralSecurityException failed) {
            throw new AssertionError(failed);
        }
    }

    static OAEPParameterSpec oaep(String digest, String mgf1Digest) {
        return new OAEPParameterSpec(digest, "MGF1", new MGF1ParameterSpec(mgf1Digest), PSource.PSpecified.DEFAULT);
    }

    private static PublicKey publicKey(String base64) throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    /** Fresh material of the length that AES-256 needs. */
    static byte[] material() {
        byte[] material = new byte[32];
        new SecureRandom().nextBytes(material);
        return material;
    }
}
