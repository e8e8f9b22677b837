package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.evidence.tree.EntryBundle;
import dev.keyledger.evidence.tree.TilePath;
import dev.keyledger.evidence.tree.TreeHash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/** Format 1 of a bundle (ADR 0018): what is in it, in which order, and writing it. */
public final class BundleForm {

    static final String README = "README.txt";
    static final String KEY = "vkey";
    static final String CHECKPOINT = "checkpoint";

    /** What a bundle begins with; tiles and records follow. */
    static final List<String> FIRST = List.of(README, KEY, CHECKPOINT);

    private BundleForm() {}

    /** The text that is in every bundle of format 1, to the byte. */
    static byte[] readme() {
        try (InputStream text =
                Objects.requireNonNull(BundleForm.class.getResourceAsStream("README-1.txt"), "README-1.txt")) {
            return text.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static byte[] keyFile(VerifierKey key) {
        return (key.text() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes a bundle, piece by piece. Nothing is verified but that each piece has the shape that its name promises: evidence is
     * written as the log gives it.
     *
     * @param checkpoint the head whose size the range has; read before anything else, so that the bundle is of one moment
     * @param written told the number of records written so far, after each group
     * @throws IOException if the source fails, gives something of another shape, or the bundle cannot be written
     */
    public static void write(
            VerifierKey key,
            SignedNote checkpoint,
            BundleRange range,
            BundleSource source,
            OutputStream out,
            LongConsumer written)
            throws IOException {
        ZipWriter zip = new ZipWriter(out);
        zip.add(README, readme());
        zip.add(KEY, keyFile(key));
        zip.add(CHECKPOINT, checkpoint.bytes());
        long records = 0;
        for (TilePath path : range.paths()) {
            byte[] content = source.read(path);
            if (!hasShapeOf(path, content)) {
                throw new IOException("what came for " + path.text() + " is something else");
            }
            zip.add(path.text(), content);
            if (path.isEntries()) {
                records += path.width();
                written.accept(records);
            }
        }
        zip.finish();
    }

    private static boolean hasShapeOf(TilePath path, byte[] content) {
        if (!path.isEntries()) {
            return content.length == path.width() * TreeHash.BYTES;
        }
        try {
            return EntryBundle.parse(content).size() == path.width();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
