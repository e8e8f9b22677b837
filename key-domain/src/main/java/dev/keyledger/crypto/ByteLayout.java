package dev.keyledger.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Builds the byte strings of our formats: ASCII labels, big-endian numbers, UUIDs as 16 bytes, and everything of variable length behind its
 * u32 length, so that no two different lists of parts give the same bytes. For public bytes only: what it holds is not wiped.
 */
final class ByteLayout {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Starts with a label, which is a format constant: its bytes alone, no length. */
    static ByteLayout labelled(String label) {
        ByteLayout layout = new ByteLayout();
        layout.out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        return layout;
    }

    static ByteLayout empty() {
        return new ByteLayout();
    }

    ByteLayout u8(int value) {
        out.write(value);
        return this;
    }

    ByteLayout u32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    ByteLayout i64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    ByteLayout uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    /** Bytes of a length the format fixes. */
    ByteLayout fixed(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** u32 length and the bytes. */
    ByteLayout prefixed(byte[] bytes) {
        return u32(bytes.length).fixed(bytes);
    }

    /** u32 length and the text's UTF-8 bytes. */
    ByteLayout prefixed(String text) {
        return prefixed(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
