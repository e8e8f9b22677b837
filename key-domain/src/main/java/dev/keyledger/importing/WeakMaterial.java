package dev.keyledger.importing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Recognises imported material that was not made by a cryptographic random source. Such material is accepted, because the vendor's own
 * sample makes it, and noted in the audit record.
 */
public final class WeakMaterial {

    // The generator of java.util.Random (Knuth, The Art of Computer Programming, volume 2, section 3.2.1): 48 bits of
    // state, of which each output shows the upper 32.
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long INCREMENT = 0xBL;
    private static final long STATE_MASK = (1L << 48) - 1;
    private static final int HIDDEN_BITS = 16;

    private WeakMaterial() {}

    /**
     * Why the material looks weak.
     *
     * @param material 32 bytes, borrowed
     * @return {@code all-zero}, {@code one-repeated-byte}, {@code printable-ascii} or {@code java-util-random}; empty if nothing was found,
     *     which does not make it strong
     */
    public static Optional<String> inspect(byte[] material) {
        boolean repeated = true;
        boolean printable = true;
        for (byte each : material) {
            repeated &= each == material[0];
            printable &= each >= ' ' && each <= '~';
        }
        if (repeated) {
            return Optional.of(material[0] == 0 ? "all-zero" : "one-repeated-byte");
        }
        if (printable) {
            return Optional.of("printable-ascii");
        }
        return fromLinearGenerator(material) ? Optional.of("java-util-random") : Optional.empty();
    }

    /** Whether some state of {@code java.util.Random} gives these bytes by {@code nextBytes}: 2^16 states fit the first four. */
    private static boolean fromLinearGenerator(byte[] material) {
        ByteBuffer words = ByteBuffer.wrap(material).order(ByteOrder.LITTLE_ENDIAN);
        long shown = Integer.toUnsignedLong(words.getInt(0)) << HIDDEN_BITS;
        for (long hidden = 0; hidden < 1 << HIDDEN_BITS; hidden++) {
            long state = shown | hidden;
            int position = 0;
            do {
                position += Integer.BYTES;
                state = (state * MULTIPLIER + INCREMENT) & STATE_MASK;
            } while (position + Integer.BYTES <= material.length
                    && (int) (state >>> HIDDEN_BITS) == words.getInt(position));
            if (position + Integer.BYTES > material.length) {
                return true;
            }
        }
        return false;
    }
}
