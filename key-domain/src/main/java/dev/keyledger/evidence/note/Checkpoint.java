package dev.keyledger.evidence.note;

import dev.keyledger.evidence.tree.TreeHash;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The head of a log at one size, as the log signs it (C2SP tlog-checkpoint).
 *
 * @param origin names the log; one line, not empty
 * @param size leaves of the tree
 * @param root head of the tree
 * @param extensions further lines, which no monitor can check; this log writes none
 */
public record Checkpoint(String origin, long size, TreeHash root, List<String> extensions) {

    private static final int LINES = 3;

    public Checkpoint {
        extensions = List.copyOf(extensions);
        if (size < 0) {
            throw new IllegalArgumentException("a tree of " + size + " leaves");
        }
        if (size == 0 && !root.equals(TreeHash.EMPTY_TREE)) {
            throw new IllegalArgumentException("a tree without leaves has one head");
        }
        requireLine(origin);
        extensions.forEach(Checkpoint::requireLine);
    }

    /** A checkpoint without extensions. */
    public Checkpoint(String origin, long size, TreeHash root) {
        this(origin, size, root, List.of());
    }

    private static void requireLine(String line) {
        if (line.isEmpty() || NoteText.checked(line).indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a checkpoint has lines that are not empty");
        }
    }

    /** The text to sign. */
    public String text() {
        StringBuilder text = new StringBuilder()
                .append(origin)
                .append('\n')
                .append(size)
                .append('\n')
                .append(root.base64())
                .append('\n');
        extensions.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** Signs it. That it goes on from every earlier one is for the caller to make sure of. */
    public SignedNote signedBy(NoteSigner signer) {
        return signer.sign(text());
    }

    /**
     * Reads the text of a note, signed or not.
     *
     * @throws IllegalArgumentException if it is not, to the character, the text of a checkpoint
     */
    public static Checkpoint parse(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("a checkpoint ends with a line feed");
        }
        List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
        if (lines.size() < LINES) {
            throw new IllegalArgumentException("a checkpoint has origin, size and root");
        }
        Checkpoint checkpoint = new Checkpoint(
                lines.get(0),
                Long.parseLong(lines.get(1)),
                TreeHash.ofBase64(lines.get(2)),
                lines.subList(LINES, lines.size()));
        if (!checkpoint.text().equals(text)) {
            // Signs, leading zeros and foreign digits are numbers to the platform.
            throw new IllegalArgumentException("a checkpoint in another spelling");
        }
        return checkpoint;
    }

    /**
     * Reads the checkpoint of one log out of a note that its key has signed.
     *
     * @param logKeys keys that are trusted for this origin; witnesses are no such keys
     * @throws UnverifiedNoteException if none of them has signed, or somebody pretends so
     * @throws IllegalArgumentException if the note is no checkpoint or one of another log
     */
    public static Checkpoint open(SignedNote note, String origin, Collection<VerifierKey> logKeys) {
        note.verifiedBy(logKeys);
        Checkpoint checkpoint = parse(note.text());
        if (!checkpoint.origin().equals(origin)) {
            throw new IllegalArgumentException("a checkpoint of another log");
        }
        return checkpoint;
    }
}
