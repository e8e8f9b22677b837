package dev.keyledger.crypto;

import dev.keyledger.material.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;

/** A one-time RSA-2048 pair under which a client wraps its material. Closing wipes the private half. */
public final class WrappingKeyPair implements AutoCloseable {

    private final byte[] publicKey;
    private final SecretBytes privateKey;

    private WrappingKeyPair(byte[] publicKey, SecretBytes privateKey) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    /** Generates a pair; takes about a tenth of a second of one core. */
    public static WrappingKeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048, random);
            KeyPair pair = generator.generateKeyPair();
            return new WrappingKeyPair(
                    pair.getPublic().getEncoded(),
                    SecretBytes.takeFrom(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        }
    }

    /** A copy of the DER SubjectPublicKeyInfo. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The PKCS#8 form of the private key, owned by this pair. */
    public SecretBytes privateKey() {
        return privateKey;
    }

    @Override
    public void close() {
        privateKey.close();
    }
}
