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

    /** The byte before the material, in either padding; material of any other length has it elsewhere. */
    private static final int SEPARATOR = MODULUS_BYTES - MATERIAL_BYTES - 1;

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
        byte[] block = new byte[0];
        try {
            int good = 0;
            String reason;
            ErrorCode refusal = ErrorCode.INVALID_KEY_MATERIAL;
            if (encrypted.length != MODULUS_BYTES) {
                reason = "wrapped material has " + encrypted.length + " bytes instead of " + MODULUS_BYTES;
            } else if (new BigInteger(1, encrypted).compareTo(rsa.getModulus()) >= 0) {
                reason = "wrapped material is not below the modulus";
            } else {
                block = privateOperation(rsa, encrypted);
                Optional<OaepHash> oaep = OaepHash.of(algorithm);
                if (oaep.isEmpty()) {
                    good = openPkcs1(block, decoded);
                    reason = "not a PKCS#1 v1.5 block of 32 bytes";
                } else {
                    OaepHash hash = oaep.get();
                    good = openOaep(block, hash, decoded);
                    reason = "not an OAEP block of 32 bytes with " + hash.digest() + " and an empty label";
                    // Always looked at, so that it costs the same whether or not the material was good. Only someone
                    // who made a
                    // valid block sees a difference, so it tells an attacker nothing.
                    if (hash == OaepHash.SHA_256 && looksLikeMgf1Sha1(block)) {
                        refusal = ErrorCode.INVALID_KEY_MATERIAL_MGF1;
                        reason = "OAEP with SHA-256 but MGF1 with SHA-1";
                    }
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
            Arrays.fill(block, (byte) 0);
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

    /** Raw RSA, blinded by the JDK: the block with its padding, 256 bytes. The paddings are looked at here, without a branch on secret bytes. */
    private static byte[] privateOperation(RSAPrivateCrtKey key, byte[] encrypted) {
        try {
            Cipher cipher = Jca.rawRsa();
            cipher.init(Cipher.DECRYPT_MODE, key);
            return cipher.doFinal(encrypted);
        } catch (GeneralSecurityException impossible) {
            throw Jca.unusable(impossible);
        }
    }

    /**
     * {@code 00 02}, 221 nonzero bytes, {@code 00} and 32 bytes (RFC 8017 §7.2.2).
     *
     * @return 1 if well-formed, else 0
     */
    private static int openPkcs1(byte[] block, byte[] into) {
        int bad = Byte.toUnsignedInt(block[0]) | (Byte.toUnsignedInt(block[1]) ^ 2);
        for (int i = 2; i < SEPARATOR; i++) {
            bad |= isZero(block[i]);
        }
        bad |= Byte.toUnsignedInt(block[SEPARATOR]);
        System.arraycopy(block, SEPARATOR + 1, into, 0, MATERIAL_BYTES);
        return isZero((byte) bad);
    }

    /** 1 for the zero byte, else 0; no branch. */
    private static int isZero(byte value) {
        return (Byte.toUnsignedInt(value) - 1) >>> (Integer.SIZE - 1);
    }

    /**
     * {@code 00}, masked seed and masked data block (RFC 8017 §7.1.2). With 32 bytes of material the block is the hash of the empty label, zeros,
     * {@code 01} and the material, each at a place that is known before.
     *
     * @return 1 if well-formed, else 0
     */
    private static int openOaep(byte[] block, OaepHash hash, byte[] into) {
        int seedEnd = 1 + hash.digestBytes();
        byte[] opened = block.clone();
        try {
            hash.unmask(opened, seedEnd, MODULUS_BYTES, 1, seedEnd);
            hash.unmask(opened, 1, seedEnd, seedEnd, MODULUS_BYTES);
            byte[] label = hash.ofEmptyLabel();
            int bad = Byte.toUnsignedInt(opened[0]);
            for (int i = 0; i < label.length; i++) {
                bad |= Byte.toUnsignedInt(opened[seedEnd + i]) ^ Byte.toUnsignedInt(label[i]);
            }
            for (int i = seedEnd + label.length; i < SEPARATOR; i++) {
                bad |= Byte.toUnsignedInt(opened[i]);
            }
            bad |= Byte.toUnsignedInt(opened[SEPARATOR]) ^ 1;
            System.arraycopy(opened, SEPARATOR + 1, into, 0, MATERIAL_BYTES);
            return isZero((byte) bad);
        } finally {
            Arrays.fill(opened, (byte) 0);
        }
    }

    private static boolean looksLikeMgf1Sha1(byte[] block) {
        byte[] unused = new byte[MATERIAL_BYTES];
        try {
            return openOaep(block, OaepHash.SHA_256_WITH_MGF1_SHA_1, unused) == 1;
        } finally {
            Arrays.fill(unused, (byte) 0);
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
