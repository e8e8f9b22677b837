package dev.keyledger.crypto;

import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import java.security.SecureRandom;

/** Wraps one secret under another with AES-256-GCM and a fresh random IV (ADR 0003). */
public final class SecretWrapping {

    private SecretWrapping() {}

    /**
     * Wraps.
     *
     * @param key 32 bytes
     * @param secret at least one byte
     * @param additionalData binds the result to its place, see {@link AdditionalData}
     */
    public static WrappedSecret wrap(SecretBytes key, SecretBytes secret, byte[] additionalData, SecureRandom random) {
        byte[] iv = new byte[WrappedSecret.IV_BYTES];
        random.nextBytes(iv);
        return wrap(key, secret, additionalData, iv);
    }

    /** With an IV of the caller's: for test vectors only. */
    static WrappedSecret wrap(SecretBytes key, SecretBytes secret, byte[] additionalData, byte[] iv) {
        return key.use(keyBytes -> secret.use(
                secretBytes -> new WrappedSecret(iv, AesGcm.encrypt(keyBytes, iv, additionalData, secretBytes))));
    }

    /**
     * Unwraps.
     *
     * @param what named in the exception, for example {@code key material}
     * @throws SecretUnwrapException if key, bytes or additional data are not those of the wrapping
     */
    public static SecretBytes unwrap(SecretBytes key, WrappedSecret wrapped, byte[] additionalData, String what) {
        return key.use(bytes -> AesGcm.decrypt(bytes, wrapped.iv(), additionalData, wrapped.wrapped())
                .map(SecretBytes::takeFrom)
                .orElseThrow(() -> new SecretUnwrapException(
                        what + " does not unwrap: wrong wrapping key, moved row or changed bytes")));
    }
}
