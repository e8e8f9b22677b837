package dev.keyledger.material;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Secret bytes in memory. The value is copied in, lent out only inside {@link #use}, compared in constant time, wiped by {@link #close} and
 * never printed.
 *
 * <p>Wiping shortens exposure; it cannot remove copies that a provider or the collector made. Not thread-safe: the owner closes it.
 */
public final class SecretBytes implements AutoCloseable {

    private final byte[] bytes;
    private boolean closed;

    private SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code source}; the caller still owns, and should wipe, its own array. */
    public static SecretBytes copyOf(byte[] source) {
        return new SecretBytes(source.clone());
    }

    /** Copies {@code source} and wipes it. */
    public static SecretBytes takeFrom(byte[] source) {
        SecretBytes taken = copyOf(source);
        Arrays.fill(source, (byte) 0);
        return taken;
    }

    /** Length in bytes. */
    public int length() {
        return bytes.length;
    }

    /**
     * Lends the bytes for the length of one call. The function must neither keep nor change the array.
     *
     * @throws IllegalStateException if already wiped
     */
    public <R> R use(Function<byte[], R> function) {
        if (closed) {
            throw new IllegalStateException("secret bytes were already wiped");
        }
        return function.apply(bytes);
    }

    /** Constant-time comparison of the contents. */
    public boolean sameAs(SecretBytes other) {
        return use(mine -> other.use(theirs -> MessageDigest.isEqual(mine, theirs)));
    }

    /** Wipes the bytes; a second call does nothing. */
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
        closed = true;
    }

    @Override
    public String toString() {
        return "SecretBytes[" + bytes.length + " bytes]";
    }
}
