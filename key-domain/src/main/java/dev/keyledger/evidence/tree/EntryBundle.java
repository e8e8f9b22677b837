package dev.keyledger.evidence.tree;

import java.util.List;

/**
 * Consecutive records in one piece (C2SP tlog-tiles, "Log entries"): each with its length before it, two bytes, big-endian. Its records hash to
 * the level 0 tile of the same index.
 */
public final class EntryBundle {

    /** Longest record, in bytes. */
    public static final int MAX_ENTRY_BYTES = 0xFFFF;

    private static final int LENGTH_BYTES = 2;

    private final byte[] bytes;
    private final int entries;

    private EntryBundle(byte[] bytes, int entries) {
        this.bytes = bytes;
        this.entries = entries;
    }

    /** Takes records one after the other, without a copy of each. */
    @FunctionalInterface
    public interface Visitor {

        /** One record, as a part of an array that must be neither kept nor changed. */
        void entry(byte[] bytes, int offset, int length);
    }

    /**
     * Puts 1 to 256 records together.
     *
     * @throws IllegalArgumentException for no records, too many, or one that is too long
     */
    public static EntryBundle of(List<byte[]> records) {
        int length = 0;
        for (byte[] each : records) {
            if (each.length > MAX_ENTRY_BYTES) {
                throw new IllegalArgumentException("a record of " + each.length + " bytes");
            }
            length += LENGTH_BYTES + each.length;
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (byte[] each : records) {
            bytes[at++] = (byte) (each.length >>> Byte.SIZE);
            bytes[at++] = (byte) each.length;
            System.arraycopy(each, 0, bytes, at, each.length);
            at += each.length;
        }
        return new EntryBundle(bytes, counted(records.size()));
    }

    /**
     * Reads a bundle; the array is not copied and must not change.
     *
     * @throws IllegalArgumentException if its lengths do not add up, or for no records or more than 256
     */
    public static EntryBundle parse(byte[] bytes) {
        int entries = 0;
        int at = 0;
        while (at < bytes.length) {
            if (at + LENGTH_BYTES > bytes.length) {
                throw new IllegalArgumentException("half a length at the end of a bundle");
            }
            at += LENGTH_BYTES + length(bytes, at);
            entries++;
        }
        if (at > bytes.length) {
            throw new IllegalArgumentException("the last record of a bundle is cut off");
        }
        return new EntryBundle(bytes, counted(entries));
    }

    private static int counted(int entries) {
        if (entries < 1 || entries > Tile.WIDTH) {
            throw new IllegalArgumentException("a bundle of " + entries + " records");
        }
        return entries;
    }

    /** How many records, 1 to 256. */
    public int size() {
        return entries;
    }

    /** Shows all records in order. */
    public void forEach(Visitor visitor) {
        for (int at = 0; at < bytes.length; ) {
            int length = length(bytes, at);
            visitor.entry(bytes, at + LENGTH_BYTES, length);
            at += LENGTH_BYTES + length;
        }
    }

    /** A copy of the bytes that are served. */
    public byte[] bytes() {
        return bytes.clone();
    }

    private static int length(byte[] bytes, int at) {
        return ((bytes[at] & 0xFF) << Byte.SIZE) | (bytes[at + 1] & 0xFF);
    }
}
