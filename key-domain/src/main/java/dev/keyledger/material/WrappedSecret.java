package dev.keyledger.material;

import java.util.Arrays;

/** AES-256-GCM output: a 12-byte IV and ciphertext followed by a 16-byte tag. Not secret, immutable; {@code toString} shows lengths only. */
public final class WrappedSecret {

    /** Length of the IV in bytes. */
    public static final int IV_BYTES = 12;

    private final byte[] iv;
    private final byte[] wrapped;

    /** Copies both arrays. */
    public WrappedSecret(byte[] iv, byte[] wrapped) {
        if (iv.length != IV_BYTES || wrapped.length <= 16) {
            throw new IllegalArgumentException("an IV has 12 bytes, a wrapped secret more than its 16-byte tag");
        }
        this.iv = iv.clone();
        this.wrapped = wrapped.clone();
    }

    /** A copy of the IV. */
    public byte[] iv() {
        return iv.clone();
    }

    /** A copy of ciphertext and tag. */
    public byte[] wrapped() {
        return wrapped.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WrappedSecret that
                && Arrays.equals(iv, that.iv)
                && Arrays.equals(wrapped, that.wrapped);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(iv) + Arrays.hashCode(wrapped);
    }

    @Override
    public String toString() {
        return "WrappedSecret[" + wrapped.length + " bytes]";
    }
}
