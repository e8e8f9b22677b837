package dev.keyledger.evidence.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The one spelling of a ZIP file that a bundle has: entries stored as they are, one behind the other, without times, comments, attributes or
 * gaps; in the form for large files (ZIP64) only what does not fit the plain one. Every field follows from names, sizes and contents, so a
 * reader writes it again and compares, and there is no byte that two programs could take for different things. All of APPNOTE 6.3.
 */
final class ZipForm {

    static final int END_BYTES = 22;
    static final int LARGE_END_BYTES = 56;
    static final int LOCATOR_BYTES = 20;
    static final int CENTRAL_BYTES = 46;

    static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int LARGE_END_SIGNATURE = 0x06064b50;
    private static final int LOCATOR_SIGNATURE = 0x07064b50;

    private static final int LOCAL_BYTES = 30;
    private static final int LARGE_EXTRA_BYTES = 12;
    private static final short LARGE_EXTRA = 1;

    /** Versions 1.0 and, with ZIP64, 4.5 of the form. */
    private static final short PLAIN = 10;

    private static final short LARGE = 45;

    private static final short STORED = 0;

    /** 1 January 1980, the first day the form has. */
    private static final short DAY = 0x0021;

    static final long MAX_UINT = 0xFFFF_FFFFL;
    static final int MAX_USHORT = 0xFFFF;

    private ZipForm() {}

    /**
     * An entry.
     *
     * @param size bytes; less than 4 GiB
     * @param crc CRC-32 of its content
     * @param offset where its header begins
     */
    record Entry(String name, long size, int crc, long offset) {

        /** Where its content begins. */
        long content() {
            return offset + LOCAL_BYTES + name.length();
        }

        /** Where the next header begins. */
        long end() {
            return content() + size;
        }
    }

    static int crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return (int) crc.getValue();
    }

    /** What comes before the content. */
    static byte[] header(Entry entry) {
        ByteBuffer out = buffer(LOCAL_BYTES + entry.name.length());
        out.putInt(LOCAL_SIGNATURE).putShort(PLAIN);
        described(out, entry, 0);
        return bytes(out.put(name(entry)));
    }

    /** The entry's line in the directory. */
    static byte[] directoryLine(Entry entry) {
        boolean large = entry.offset >= MAX_UINT;
        int extra = large ? LARGE_EXTRA_BYTES : 0;
        ByteBuffer out = buffer(CENTRAL_BYTES + entry.name.length() + extra);
        out.putInt(CENTRAL_SIGNATURE).putShort(large ? LARGE : PLAIN).putShort(large ? LARGE : PLAIN);
        described(out, entry, extra);
        // No comment, first disk, no attributes.
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
        out.putInt((int) Math.min(entry.offset, MAX_UINT)).put(name(entry));
        if (large) {
            out.putShort(LARGE_EXTRA).putShort((short) Long.BYTES).putLong(entry.offset);
        }
        return bytes(out);
    }

    private static void described(ByteBuffer out, Entry entry, int extra) {
        out.putShort((short) 0)
                .putShort(STORED)
                .putShort((short) 0)
                .putShort(DAY)
                .putInt(entry.crc);
        out.putInt((int) entry.size).putInt((int) entry.size);
        out.putShort((short) entry.name.length()).putShort((short) extra);
    }

    /** What comes behind the directory. */
    static byte[] end(long entries, long directory, long directoryBytes) {
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        if (entries >= MAX_USHORT || directory >= MAX_UINT || directoryBytes >= MAX_UINT) {
            end.writeBytes(buffer(LARGE_END_BYTES)
                    .putInt(LARGE_END_SIGNATURE)
                    .putLong(LARGE_END_BYTES - 12L)
                    .putShort(LARGE)
                    .putShort(LARGE)
                    .putInt(0)
                    .putInt(0)
                    .putLong(entries)
                    .putLong(entries)
                    .putLong(directoryBytes)
                    .putLong(directory)
                    .array());
            end.writeBytes(buffer(LOCATOR_BYTES)
                    .putInt(LOCATOR_SIGNATURE)
                    .putInt(0)
                    .putLong(directory + directoryBytes)
                    .putInt(1)
                    .array());
        }
        short count = (short) Math.min(entries, MAX_USHORT);
        end.writeBytes(buffer(END_BYTES)
                .putInt(END_SIGNATURE)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(count)
                .putShort(count)
                .putInt((int) Math.min(directoryBytes, MAX_UINT))
                .putInt((int) Math.min(directory, MAX_UINT))
                .putShort((short) 0)
                .array());
        return end.toByteArray();
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static byte[] name(Entry entry) {
        return entry.name.getBytes(StandardCharsets.US_ASCII);
    }
}
