package dev.keyledger.evidence.note;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A text and the signatures below it (C2SP signed-note). Signatures of keys that nobody here knows are kept as they are: the log's former key,
 * a witness, a type of signature that is not read here.
 *
 * <p>The text says nothing until {@link #verifiedBy} has named a key.
 *
 * @param text ends with a line feed
 * @param signatures 1 to {@value #MAX_SIGNATURES}, in order
 */
public record SignedNote(String text, List<NoteSignature> signatures) {

    /** More are refused: checking them is work that a stranger could ask for. */
    public static final int MAX_SIGNATURES = 100;

    /** Longest note that is read, in bytes; sixteen signatures of the largest type, which readers must accept, are a tenth of it. */
    public static final int MAX_BYTES = 1_000_000;

    private static final String BLANK_LINE = "\n\n";

    public SignedNote {
        if (!NoteText.checked(text).endsWith("\n")) {
            throw new IllegalArgumentException("the text of a note ends with a line feed");
        }
        signatures = List.copyOf(signatures);
        if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException("a note with " + signatures.size() + " signatures");
        }
    }

    /**
     * Reads a note.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static SignedNote parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("longer than any note");
        }
        return parse(NoteText.decode(bytes));
    }

    static SignedNote parse(String note) {
        int blank = note.lastIndexOf(BLANK_LINE);
        if (blank < 0 || !note.endsWith("\n")) {
            throw new IllegalArgumentException("no blank line before the signatures, or no line feed after them");
        }
        String below = note.substring(blank + BLANK_LINE.length());
        if (below.isEmpty()) {
            throw new IllegalArgumentException("a note without signatures");
        }
        String[] lines = below.substring(0, below.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw new IllegalArgumentException("a note with " + lines.length + " signatures");
        }
        return new SignedNote(
                note.substring(0, blank + 1),
                Arrays.stream(lines).map(NoteSignature::parse).toList());
    }

    /**
     * Which of the keys that one trusts have signed this text. Signatures of other keys, also those that share only a name or only an id with a
     * known one, are passed over.
     *
     * @return at least one key
     * @throws UnverifiedNoteException if a signature in the name of a known key is not that key's, or no known key has signed
     */
    public List<VerifierKey> verifiedBy(Collection<VerifierKey> known) {
        List<VerifierKey> verified = new ArrayList<>();
        for (NoteSignature each : signatures) {
            for (VerifierKey key : known) {
                if (each.claims(key)) {
                    if (!key.verifies(text, each.signature())) {
                        throw new UnverifiedNoteException("a signature that is not of " + key.name());
                    }
                    verified.add(key);
                }
            }
        }
        if (verified.isEmpty()) {
            throw new UnverifiedNoteException("a note that no known key has signed");
        }
        return verified.stream().distinct().toList();
    }

    /** The same note with one more signature, for instance a witness's. */
    public SignedNote with(NoteSignature signature) {
        List<NoteSignature> more = new ArrayList<>(signatures);
        more.add(signature);
        return new SignedNote(text, more);
    }

    /** The note as it is served and stored. */
    public byte[] bytes() {
        return whole().getBytes(StandardCharsets.UTF_8);
    }

    String whole() {
        StringBuilder note = new StringBuilder(text).append('\n');
        signatures.forEach(each -> note.append(each.line()).append('\n'));
        return note.toString();
    }
}
