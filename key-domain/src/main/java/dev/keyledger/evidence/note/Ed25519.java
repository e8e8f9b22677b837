package dev.keyledger.evidence.note;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/** RFC 8032 Ed25519 with keys in the RFC's own encoding, which the platform does not speak by itself. */
public final class Ed25519 {

    /** Length of an encoded public key, in bytes. */
    public static final int PUBLIC_KEY_BYTES = 32;

    /** Length of a seed, which RFC 8032 calls the private key, in bytes. */
    public static final int SEED_BYTES = 32;

    /** Length of a signature, in bytes. */
    public static final int SIGNATURE_BYTES = 64;

    private static final String NAME = "Ed25519";
    private static final byte SIGN = (byte) 0x80;

    /** p = 2^255 - 19: a coordinate that is not below it has a second, smaller spelling. */
    private static final BigInteger FIELD = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private Ed25519() {}

    /**
     * The public key that RFC 8032 §5.1.2 encodes so.
     *
     * @throws IllegalArgumentException if the bytes are not 32 or encode no point in the one right way
     */
    public static PublicKey publicKey(byte[] encoded) {
        if (encoded.length != PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException("a public key of " + encoded.length + " bytes");
        }
        byte[] y = reversed(encoded);
        boolean xOdd = (y[0] & SIGN) != 0;
        y[0] &= ~SIGN;
        BigInteger coordinate = new BigInteger(1, y);
        if (coordinate.compareTo(FIELD) >= 0) {
            throw new IllegalArgumentException("a coordinate in a second spelling");
        }
        try {
            PublicKey key = keys().generatePublic(
                            new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(xOdd, coordinate)));
            // The platform looks whether the point is on the curve when the key is used first.
            engine().initVerify(key);
            return key;
        } catch (InvalidKeySpecException | InvalidKeyException refused) {
            throw new IllegalArgumentException("no point of the curve", refused);
        }
    }

    /**
     * The encoding of a public key, 32 bytes.
     *
     * @throws IllegalArgumentException for a key of another algorithm
     */
    public static byte[] encoded(PublicKey key) {
        if (!(key instanceof EdECPublicKey edwards)
                || !NAME.equals(edwards.getParams().getName())) {
            throw new IllegalArgumentException("not an Ed25519 key");
        }
        byte[] y = reversed(edwards.getPoint().getY().toByteArray());
        byte[] encoded = Arrays.copyOf(y, PUBLIC_KEY_BYTES);
        if (edwards.getPoint().isXOdd()) {
            encoded[PUBLIC_KEY_BYTES - 1] |= SIGN;
        }
        return encoded;
    }

    /**
     * The private key that grows from a seed. The seed is not kept by us; the caller wipes its own array.
     *
     * @throws IllegalArgumentException if it is not 32 bytes
     */
    public static PrivateKey privateKey(byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException("a seed of " + seed.length + " bytes");
        }
        try {
            return keys().generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        } catch (InvalidKeySpecException impossible) {
            throw new IllegalStateException("32 bytes are always a seed", impossible);
        }
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature engine = engine();
            engine.initSign(key);
            engine.update(message);
            return engine.sign();
        } catch (InvalidKeyException | SignatureException unusable) {
            throw new IllegalArgumentException("a key that cannot sign", unusable);
        }
    }

    static boolean verifies(PublicKey key, byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            Signature engine = engine();
            engine.initVerify(key);
            engine.update(message);
            return engine.verify(signature);
        } catch (SignatureException malformed) {
            // The platform's word for a signature whose numbers are out of range.
            return false;
        } catch (InvalidKeyException impossible) {
            throw new IllegalStateException("the key was usable when it was read", impossible);
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static KeyFactory keys() {
        try {
            return KeyFactory.getInstance(NAME);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Java has Ed25519 since 15", impossible);
        }
    }

    private static Signature engine() {
        try {
            return Signature.getInstance(NAME);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Java has Ed25519 since 15", impossible);
        }
    }
}
