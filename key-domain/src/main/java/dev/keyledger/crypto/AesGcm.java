package dev.keyledger.crypto;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM with a 12-byte IV and a 16-byte tag (NIST SP 800-38D). Keys and plaintexts are borrowed; whoever made them wipes them. */
final class AesGcm {

    static final int KEY_BYTES = 32;
    static final int IV_BYTES = 12;
    static final int TAG_BYTES = 16;

    private AesGcm() {}

    /** Ciphertext followed by the tag. The IV must never have been used with this key. */
    static byte[] encrypt(byte[] key, byte[] iv, byte[] additionalData, byte[] plaintext) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, iv, additionalData).doFinal(plaintext);
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        }
    }

    /** The plaintext, for the caller to wipe; empty if the tag does not hold. */
    static Optional<byte[]> decrypt(byte[] key, byte[] iv, byte[] additionalData, byte[] ciphertextAndTag) {
        if (ciphertextAndTag.length < TAG_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, key, iv, additionalData).doFinal(ciphertextAndTag));
        } catch (AEADBadTagException changed) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] iv, byte[] additionalData)
            throws GeneralSecurityException {
        if (key.length != KEY_BYTES || iv.length != IV_BYTES) {
            throw new IllegalArgumentException("AES-256-GCM takes a 32-byte key and a 12-byte IV");
        }
        Cipher cipher = Jca.aesGcm();
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, iv));
        cipher.updateAAD(additionalData);
        return cipher;
    }
}
