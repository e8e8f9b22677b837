package dev.keyledger.evidence.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a ZIP file in its one spelling. Keeps a line for each entry, some 70 bytes. */
final class ZipWriter {

    private final OutputStream out;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private long entries;
    private long offset;

    ZipWriter(OutputStream out) {
        this.out = out;
    }

    void add(String name, byte[] content) throws IOException {
        ZipForm.Entry entry = new ZipForm.Entry(name, content.length, ZipForm.crc(content), offset);
        out.write(ZipForm.header(entry));
        out.write(content);
        directory.writeBytes(ZipForm.directoryLine(entry));
        offset = entry.end();
        entries++;
    }

    /** Writes the directory; nothing comes after it. */
    void finish() throws IOException {
        directory.writeTo(out);
        out.write(ZipForm.end(entries, offset, directory.size()));
        out.flush();
    }
}
