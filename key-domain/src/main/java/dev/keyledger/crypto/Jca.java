package dev.keyledger.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * The one place that names providers and algorithms. Ciphers and MACs come from the JDK's own provider whatever else is installed, because
 * other providers differ where it matters here: one strips leading zeros from a raw RSA block.
 *
 * <p>Every call gives a fresh object. None is kept, for its thread or otherwise: a cipher that is kept keeps its key, and making one is
 * a fiftieth of what a request computes, since its provider need not be looked for by name.
 */
final class Jca {

    private static final Provider PROVIDER =
            Objects.requireNonNull(Security.getProvider("SunJCE"), "the JDK's own provider");

    private Jca() {}

    static Cipher aesGcm() {
        return cipher("AES/GCM/NoPadding");
    }

    static Cipher rawRsa() {
        return cipher("RSA/ECB/NoPadding");
    }

    /** The name says SHA-1; the parameters given to {@code init} decide, and must always be given. */
    static Cipher rsaOaep() {
        return cipher("RSA/ECB/OAEPPadding");
    }

    static Mac hmacSha256() {
        try {
            return Mac.getInstance("HmacSHA256", PROVIDER);
        } catch (GeneralSecurityException missing) {
            throw unusable(missing);
        }
    }

    static MessageDigest sha256() {
        return digest("SHA-256");
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException missing) {
            throw unusable(missing);
        }
    }

    static KeyFactory rsaKeys() {
        try {
            return KeyFactory.getInstance("RSA");
        } catch (GeneralSecurityException missing) {
            throw unusable(missing);
        }
    }

    private static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation, PROVIDER);
        } catch (GeneralSecurityException missing) {
            throw unusable(missing);
        }
    }

    /** For what cannot fail on a complete Java platform with the arguments given. */
    static IllegalStateException unusable(GeneralSecurityException cause) {
        return new IllegalStateException("the Java platform's cryptography is not usable", cause);
    }
}
