package dev.keyledger.evidence;

import dev.keyledger.evidence.note.SignedNote;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A signed checkpoint as one line of an anchor file, beside the entries of the deletion ledger (ADR 0016): format 1. The note is carried to
 * the byte, with whatever signatures it has; nothing here says that they are right.
 *
 * @param note the signed note
 */
public record AnchoredCheckpoint(SignedNote note) {

    /** The only format so far. */
    public static final int FORMAT = 1;

    /** How such a line begins, and no entry of the deletion ledger does: canonical JSON has its members in order. */
    private static final byte[] BEGINNING = "{\"checkpoint\":".getBytes(StandardCharsets.US_ASCII);

    /** Whether a line claims to be one; a torn one may claim so too. */
    public static boolean beginsLike(byte[] line) {
        return line.length >= BEGINNING.length
                && Arrays.equals(line, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
    }

    /** The canonical bytes: RFC 8785 JSON in UTF-8, without a line break. */
    public byte[] canonical() {
        return new CanonicalMembers.Writer()
                .put("checkpoint", new String(note.bytes(), StandardCharsets.UTF_8))
                .put("format", FORMAT)
                .bytes();
    }

    /**
     * Reads canonical bytes back.
     *
     * @throws IllegalArgumentException if they are not, to the byte, the canonical form of an anchored checkpoint of format 1
     */
    public static AnchoredCheckpoint parse(byte[] canonical) {
        CanonicalMembers.Reader in = new CanonicalMembers.Reader(canonical);
        if (in.number("format") != FORMAT) {
            throw new IllegalArgumentException("an anchored checkpoint of an unknown format");
        }
        AnchoredCheckpoint read =
                new AnchoredCheckpoint(SignedNote.parse(in.text("checkpoint").getBytes(StandardCharsets.UTF_8)));
        in.end();
        if (!Arrays.equals(read.canonical(), canonical)) {
            throw new IllegalArgumentException("not the canonical form");
        }
        return read;
    }
}
