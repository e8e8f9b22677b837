package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.AnchoredCheckpoint;
import dev.keyledger.evidence.note.SignedNote;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checkpoints that somebody kept: the log that a bundle is of must go on from each of them. */
@FunctionalInterface
public interface EarlierCheckpoints {

    /** None were kept. */
    EarlierCheckpoints NONE = each -> {};

    /**
     * Shows all of them, also those of other logs.
     *
     * @throws IOException if they cannot be read
     */
    void forEach(Consumer<SignedNote> each) throws IOException;

    /** These and then others. */
    default EarlierCheckpoints and(EarlierCheckpoints others) {
        return each -> {
            forEach(each);
            others.forEach(each);
        };
    }

    /** One that was kept as it is served. */
    static EarlierCheckpoints of(SignedNote note) {
        return each -> each.accept(note);
    }

    /**
     * Those of an anchor file (ADR 0016), read line by line. Entries of the deletion ledger and lines that are torn are passed over, as every
     * reader of the file does.
     */
    static EarlierCheckpoints ofAnchorFile(Path file) {
        return each -> {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                for (int next = in.read(); next >= 0; next = in.read()) {
                    if (next != '\n') {
                        line.write(next);
                        continue;
                    }
                    SignedNote note = note(line.toByteArray());
                    line.reset();
                    if (note != null) {
                        each.accept(note);
                    }
                }
                // What is behind the last line feed is being written, or was torn.
            }
        };
    }

    private static @Nullable SignedNote note(byte[] line) {
        if (!AnchoredCheckpoint.beginsLike(line)) {
            return null;
        }
        try {
            return AnchoredCheckpoint.parse(line).note();
        } catch (IllegalArgumentException torn) {
            return null;
        }
    }
}
