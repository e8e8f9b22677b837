package dev.keyledger.crypto;

import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WeakMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;

/**
 * Opens what a client wrapped under a one-time RSA-2048 key: exactly 32 bytes, or a substitute (ADR 0006).
 *
 * <p>Whoever can tell well-padded from badly padded ciphertexts, by an answer or by its time, can decrypt recorded ones (Bleichenbacher,
 * Manger, Marvin). So a failure throws nothing, takes the same steps as a success and yields 32 bytes that depend on the ciphertext and on a
 * secret of the token; the key's one decision comes later. Only facts that anyone can see, the length and a value not below the modulus, skip
 * the private operation.
 */
public final class WrappedMaterialDecoder {

    /** Length of material, in bytes. */
    public static final int MATERIAL_BYTES = 32;

    private static final int MODULUS_BYTES = 256;

    /** In {@code 00 02 padding 00 material} the second zero; material of any other length has it elsewhere. */
    private static final int PKCS1_SEPARATOR = MODULUS_BYTES - MATERIAL_BYTES - 1;

    private static final String SUBSTITUTE_LABEL = "kms/import-substitute/v1";

    private WrappedMaterialDecoder() {}

    /**
     * Decodes.
     *
     * @param privateKey PKCS#8 form of an RSA-2048 private key with its CRT values, with which the JDK blinds the operation
     * @param algorithm the only padding that is accepted
     * @param encrypted any bytes of any length
     * @param substituteSecret secret bytes, unknown to whoever made {@code encrypted} for an attack; borrowed
     */
    public static UnwrappedMaterial decode(
            SecretBytes privateKey, WrappingAlgorithm algorithm, byte[] encrypted, SecretBytes substituteSecret) {
        RSAPrivateCrtKey rsa = privateKey.use(WrappedMaterialDecoder::parse);
        byte[] chosen = substituteSecret.use(
                secret -> Kbkdf.derive(secret, SUBSTITUTE_LABEL, Jca.sha256().digest(encrypted), MATERIAL_BYTES));
        byte[] decoded = new byte[MATERIAL_BYTES];
        try {
            int good = 0;
            String reason;
            ErrorCode refusal = ErrorCode.INVALID_KEY_MATERIAL;
            if (encrypted.length != MODULUS_BYTES) {
                reason = "wrapped material has " + encrypted.length + " bytes instead of " + MODULUS_BYTES;
            } else if (new BigInteger(1, encrypted).compareTo(rsa.getModulus()) >= 0) {
                reason = "wrapped material is not below the modulus";
            } else if (algorithm == WrappingAlgorithm.RSAES_PKCS1_V1_5) {
                good = decodePkcs1(rsa, encrypted, decoded);
                reason = "not a PKCS#1 v1.5 block of 32 bytes";
            } else {
                OaepHash hash = OaepHash.of(algorithm).orElseThrow();
                good = decodeOaep(rsa, hash, encrypted, decoded);
                reason = "not an OAEP block of 32 bytes with " + hash.digest() + " and an empty label";
                // Always tried, so that it costs the same whether or not the material was good.
                if (hash == OaepHash.SHA_256 && looksLikeMgf1Sha1(rsa, encrypted)) {
                    refusal = ErrorCode.INVALID_KEY_MATERIAL_MGF1;
                    reason = "OAEP with SHA-256 but MGF1 with SHA-1";
                }
            }
            select(good, decoded, chosen);
            Optional<String> weakness = WeakMaterial.inspect(chosen);
            return good == 1
                    ? new UnwrappedMaterial(
                            SecretBytes.copyOf(chosen), true, ErrorCode.INVALID_KEY_MATERIAL, "", weakness.orElse(""))
                    : new UnwrappedMaterial(SecretBytes.copyOf(chosen), false, refusal, reason, "");
        } finally {
            Arrays.fill(decoded, (byte) 0);
            Arrays.fill(chosen, (byte) 0);
        }
    }

    private static RSAPrivateCrtKey parse(byte[] pkcs8) {
        try {
            if (Jca.rsaKeys().generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) instanceof RSAPrivateCrtKey rsa
                    && rsa.getModulus().bitLength() == MODULUS_BYTES * Byte.SIZE) {
                return rsa;
            }
        } catch (InvalidKeySpecException malformed) {
            // Falls through to the one sentence for everything that is not such a key.
        }
        throw new IllegalArgumentException("a wrapping key is an RSA-2048 private key with CRT values");
    }

    /**
     * Raw RSA, then {@code 00 02}, 221 nonzero bytes, {@code 00} and 32 bytes (RFC 8017 §7.2.2), looked at without a branch on secret bytes.
     *
     * @return 1 if well-formed, else 0
     */
    private static int decodePkcs1(RSAPrivateCrtKey key, byte[] encrypted, byte[] into) {
        byte[] block = new byte[0];
        try {
            Cipher cipher = Jca.rawRsa();
            cipher.init(Cipher.DECRYPT_MODE, key);
            block = cipher.doFinal(encrypted);
            int bad = Byte.toUnsignedInt(block[0]) | (Byte.toUnsignedInt(block[1]) ^ 2);
            for (int i = 2; i < PKCS1_SEPARATOR; i++) {
                bad |= isZero(block[i]);
            }
            bad |= Byte.toUnsignedInt(block[PKCS1_SEPARATOR]);
            System.arraycopy(block, PKCS1_SEPARATOR + 1, into, 0, MATERIAL_BYTES);
            return isZero((byte) bad);
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    /** 1 for the zero byte, else 0; no branch. */
    private static int isZero(byte value) {
        return (Byte.toUnsignedInt(value) - 1) >>> (Integer.SIZE - 1);
    }

    private static int decodeOaep(RSAPrivateCrtKey key, OaepHash hash, byte[] encrypted, byte[] into) {
        byte[] message = openOaep(key, hash, encrypted).orElseGet(() -> new byte[0]);
        try {
            if (message.length != MATERIAL_BYTES) {
                return 0;
            }
            System.arraycopy(message, 0, into, 0, MATERIAL_BYTES);
            return 1;
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    /** Only someone who made a valid block sees a difference, so it tells an attacker nothing. */
    private static boolean looksLikeMgf1Sha1(RSAPrivateCrtKey key, byte[] encrypted) {
        Optional<byte[]> message = openOaep(key, OaepHash.SHA_256_WITH_MGF1_SHA_1, encrypted);
        message.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
        return message.isPresent();
    }

    private static Optional<byte[]> openOaep(RSAPrivateCrtKey key, OaepHash hash, byte[] encrypted) {
        try {
            Cipher cipher = Jca.rsaOaep();
            cipher.init(Cipher.DECRYPT_MODE, key, hash.parameters());
            return Optional.of(cipher.doFinal(encrypted));
        } catch (BadPaddingException malformed) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        }
    }

    /** Overwrites {@code target} with {@code source} if {@code good} is 1, without a branch. */
    private static void select(int good, byte[] source, byte[] target) {
        int mask = -good;
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) ((source[i] & mask) | (target[i] & ~mask));
        }
    }
}
