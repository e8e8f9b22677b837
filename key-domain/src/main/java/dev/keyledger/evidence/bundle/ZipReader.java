package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.bundle.ZipForm.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ZIP file that must be in its one spelling, directory first. Entries are then read in any order, by any thread, and compared with
 * what the directory says of them.
 */
final class ZipReader implements Closeable {

    /** More than any entry has: 256 records of the longest. */
    private static final long MAX_ENTRY_BYTES = 256L * (2 + 65_535);

    private final FileChannel file;
    private final List<Entry> entries;

    private ZipReader(FileChannel file, List<Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** What is in the file, in the file's order. */
    List<Entry> entries() {
        return entries;
    }

    /**
     * Opens a file.
     *
     * @throws BundleRefusedException if it is not in the one spelling
     */
    static ZipReader open(Path path) throws IOException, BundleRefusedException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new ZipReader(file, directory(file));
        } catch (IOException | BundleRefusedException | RuntimeException refused) {
            file.close();
            throw refused;
        }
    }

    private static List<Entry> directory(FileChannel file) throws IOException, BundleRefusedException {
        long size = file.size();
        ByteBuffer end = numbers(read(file, size - ZipForm.END_BYTES, ZipForm.END_BYTES));
        long count = Short.toUnsignedLong(end.getShort(10));
        long bytes = Integer.toUnsignedLong(end.getInt(12));
        long start = Integer.toUnsignedLong(end.getInt(16));
        long endOfDirectory = size - ZipForm.END_BYTES;
        if (count == ZipForm.MAX_USHORT || bytes == ZipForm.MAX_UINT || start == ZipForm.MAX_UINT) {
            endOfDirectory -= ZipForm.LOCATOR_BYTES + ZipForm.LARGE_END_BYTES;
            ByteBuffer large = numbers(read(file, endOfDirectory, ZipForm.LARGE_END_BYTES));
            count = large.getLong(32);
            bytes = large.getLong(40);
            start = large.getLong(48);
        }
        if (start < 0 || bytes < 0 || start > endOfDirectory || bytes != endOfDirectory - start) {
            throw notInForm("its end does not tell where its directory is");
        }
        byte[] expectedEnd = ZipForm.end(count, start, bytes);
        if (endOfDirectory + expectedEnd.length != size
                || !Arrays.equals(read(file, endOfDirectory, expectedEnd.length), expectedEnd)) {
            throw notInForm("its end is spelled in another way");
        }
        return lines(file, start, bytes, count);
    }

    private static List<Entry> lines(FileChannel file, long start, long bytes, long count)
            throws IOException, BundleRefusedException {
        if (bytes > Integer.MAX_VALUE - Long.BYTES) {
            throw notInForm("its directory is too large");
        }
        byte[] lines = read(file, start, (int) bytes);
        ByteBuffer directory = numbers(lines);
        List<Entry> entries = new ArrayList<>();
        long offset = 0;
        int at = 0;
        while (at < bytes) {
            if (bytes - at < ZipForm.CENTRAL_BYTES || directory.getInt(at) != ZipForm.CENTRAL_SIGNATURE) {
                throw notInForm("its directory has something else behind entry " + entries.size());
            }
            int nameBytes = Short.toUnsignedInt(directory.getShort(at + 28));
            if (bytes - at < ZipForm.CENTRAL_BYTES + nameBytes) {
                throw notInForm("its directory is cut off");
            }
            // Names of a bundle are ASCII; any other byte shows when the line is written again.
            String name = new String(lines, at + ZipForm.CENTRAL_BYTES, nameBytes, StandardCharsets.US_ASCII);
            Entry entry = new Entry(
                    name, Integer.toUnsignedLong(directory.getInt(at + 20)), directory.getInt(at + 16), offset);
            byte[] line = ZipForm.directoryLine(entry);
            if (bytes - at < line.length || !Arrays.equals(lines, at, at + line.length, line, 0, line.length)) {
                throw notInForm("its directory spells entry " + entries.size() + " in another way");
            }
            entries.add(entry);
            at += line.length;
            offset = entry.end();
        }
        if (offset != start || entries.size() != count) {
            throw notInForm("its directory does not have what is in the file");
        }
        return entries;
    }

    /** What lies in the file under a name. */
    static final class Piece {

        private final byte[] content;
        private final @Nullable String damage;

        private Piece(byte[] content, @Nullable String damage) {
            this.content = content;
            this.damage = damage;
        }

        /** As long as the directory says. Not copied. */
        byte[] content() {
            return content;
        }

        /** What does not hold of it; null if all does. */
        @Nullable
        String damage() {
            return damage;
        }
    }

    /**
     * Reads an entry.
     *
     * @throws BundleRefusedException if it is larger than anything in a bundle
     */
    Piece read(Entry entry) throws IOException, BundleRefusedException {
        if (entry.size() > MAX_ENTRY_BYTES) {
            throw new BundleRefusedException(-1, entry.name() + " is larger than anything in a bundle");
        }
        byte[] header = ZipForm.header(entry);
        byte[] all = read(file, entry.offset(), header.length + (int) entry.size());
        byte[] content = Arrays.copyOfRange(all, header.length, all.length);
        if (!Arrays.equals(all, 0, header.length, header, 0, header.length)) {
            return new Piece(content, entry.name() + " has another header than its line in the directory");
        }
        return new Piece(
                content, ZipForm.crc(content) == entry.crc() ? null : entry.name() + " does not have its checksum");
    }

    private static byte[] read(FileChannel file, long from, int length) throws IOException, BundleRefusedException {
        if (from < 0) {
            throw notInForm("it is too short");
        }
        byte[] bytes = new byte[length];
        ByteBuffer read = ByteBuffer.wrap(bytes);
        while (read.hasRemaining()) {
            if (file.read(read, from + read.position()) < 0) {
                throw notInForm("it is too short");
            }
        }
        return bytes;
    }

    private static ByteBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static BundleRefusedException notInForm(String why) {
        return new BundleRefusedException(-1, "not a ZIP file in the form of a bundle: " + why);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
