package dev.keyledger.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Key derivation in counter mode with HMAC-SHA-256 (NIST SP 800-108 §4.1): {@code K(i) = HMAC(K, [i] ‖ label ‖ 00 ‖ context ‖ [L])} with
 * 32-bit big-endian counter and length in bits, counter first. The same bytes as OpenSSL's {@code KBKDF}.
 */
final class Kbkdf {

    private static final int BLOCK_BYTES = 32;

    private Kbkdf() {}

    /**
     * Derives secret bytes; the caller wipes them.
     *
     * @param key the key-derivation key, borrowed
     * @param label ASCII; tells the purposes of one key apart
     */
    static byte[] derive(byte[] key, String label, byte[] context, int lengthBytes) {
        Mac mac = Jca.hmacSha256();
        byte[] derived = new byte[(lengthBytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES];
        try {
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] labelBytes = label.getBytes(StandardCharsets.US_ASCII);
            byte[] lengthBits = u32(lengthBytes * Byte.SIZE);
            for (int block = 0; block * BLOCK_BYTES < derived.length; block++) {
                mac.update(u32(block + 1));
                mac.update(labelBytes);
                mac.update((byte) 0);
                mac.update(context);
                mac.update(lengthBits);
                mac.doFinal(derived, block * BLOCK_BYTES);
            }
            return Arrays.copyOf(derived, lengthBytes);
        } catch (InvalidKeyException | ShortBufferException impossible) {
            throw Jca.unusable(impossible);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    private static byte[] u32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
