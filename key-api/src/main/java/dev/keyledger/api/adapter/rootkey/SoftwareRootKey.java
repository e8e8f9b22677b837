package dev.keyledger.api.adapter.rootkey;

import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import java.security.SecureRandom;

/** A root key whose 32 bytes are in this process, wherever they came from. */
abstract class SoftwareRootKey implements RootKeyProvider {

    /** Length of a root key in bytes. */
    static final int KEY_BYTES = 32;

    private static final int MAX_SECRET_BYTES = 256;

    private final SecretBytes key;
    private final SecureRandom random;

    SoftwareRootKey(SecretBytes key, SecureRandom random) {
        if (key.length() != KEY_BYTES) {
            throw new IllegalArgumentException("a root key has " + KEY_BYTES + " bytes");
        }
        this.key = key;
        this.random = random;
    }

    @Override
    public final int generation() {
        return 1;
    }

    @Override
    public final WrappedSecret wrap(SecretBytes secret, byte[] additionalData) {
        if (secret.length() < 1 || secret.length() > MAX_SECRET_BYTES) {
            throw new IllegalArgumentException("a root key wraps 1 to " + MAX_SECRET_BYTES + " bytes");
        }
        return SecretWrapping.wrap(key, secret, additionalData, random);
    }

    @Override
    public final SecretBytes unwrap(WrappedSecret wrapped, byte[] additionalData) {
        return SecretWrapping.unwrap(key, wrapped, additionalData, "what the root key wrapped");
    }

    @Override
    public final String toString() {
        return "RootKey[" + name() + "]";
    }
}
