package dev.keyledger.evidence.note;

import dev.keyledger.evidence.tree.InclusionProof;
import dev.keyledger.evidence.tree.TreeHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * That a record is in a log, in one file that is checked without the log (C2SP tlog-proof, {@code .tlog-proof}): the record's index, its way to
 * the root, and a signed checkpoint.
 */
public final class TlogProof {

    private static final String HEADER = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final String INDEX = "index ";
    private static final String BLANK_LINE = "\n\n";

    /** A tree of 2^63 leaves is no higher. */
    private static final int MAX_PATH = 63;

    private final byte[] extra;
    private final long index;
    private final List<TreeHash> path;
    private final SignedNote checkpoint;

    private TlogProof(byte[] extra, long index, List<TreeHash> path, SignedNote checkpoint) {
        this.extra = extra.clone();
        this.index = index;
        this.path = List.copyOf(path);
        this.checkpoint = checkpoint;
        if (this.path.size() > MAX_PATH) {
            throw new IllegalArgumentException("longer than any path");
        }
        // Refuses an index that the tree does not have, and a note that is no checkpoint.
        var unused =
                new InclusionProof(index, Checkpoint.parse(checkpoint.text()).size(), path);
    }

    /**
     * Puts a proof together.
     *
     * @param proof way to the root of the checkpoint's tree
     * @param checkpoint of the same size
     * @param extra whatever the record's reader needs beside; not covered by any signature; empty for none
     * @throws IllegalArgumentException if the sizes differ
     */
    public static TlogProof of(InclusionProof proof, SignedNote checkpoint, byte[] extra) {
        if (Checkpoint.parse(checkpoint.text()).size() != proof.size()) {
            throw new IllegalArgumentException("proof and checkpoint are of different trees");
        }
        return new TlogProof(extra, proof.index(), proof.path(), checkpoint);
    }

    /**
     * Reads a proof.
     *
     * @throws IllegalArgumentException if it is not, to the byte, a proof of this form
     */
    public static TlogProof parse(byte[] bytes) {
        if (bytes.length > SignedNote.MAX_BYTES) {
            throw new IllegalArgumentException("longer than any proof");
        }
        String text = NoteText.decode(bytes);
        int blank = text.indexOf(BLANK_LINE);
        if (blank < 0) {
            throw new IllegalArgumentException("no blank line before the checkpoint");
        }
        List<String> lines = Arrays.asList(text.substring(0, blank).split("\n", -1));
        boolean hasExtra = lines.size() > 1 && lines.get(1).startsWith(EXTRA);
        int indexLine = hasExtra ? 2 : 1;
        if (!lines.get(0).equals(HEADER)
                || lines.size() <= indexLine
                || !lines.get(indexLine).startsWith(INDEX)) {
            throw new IllegalArgumentException("not a proof of version 1");
        }
        TlogProof proof = new TlogProof(
                hasExtra ? StrictBase64.decode(lines.get(1).substring(EXTRA.length())) : new byte[0],
                Long.parseLong(lines.get(indexLine).substring(INDEX.length())),
                lines.subList(indexLine + 1, lines.size()).stream()
                        .map(TreeHash::ofBase64)
                        .toList(),
                SignedNote.parse(text.substring(blank + BLANK_LINE.length())));
        if (!proof.text().equals(text)) {
            throw new IllegalArgumentException("a proof in another spelling");
        }
        return proof;
    }

    /** Position of the record that this is about; a claim until {@link #verify} has been called. */
    public long index() {
        return index;
    }

    /** Data for the record's reader, which nothing here vouches for; empty for none. */
    public byte[] extra() {
        return extra.clone();
    }

    /** The signed checkpoint as it came, with all signatures. */
    public SignedNote checkpoint() {
        return checkpoint;
    }

    /**
     * Checks the whole chain from a record to the log's signature.
     *
     * @param leaf hash of the record
     * @param origin the log that is meant
     * @param logKeys keys trusted for it
     * @return the checkpoint whose tree has the record at {@link #index}
     * @throws IllegalArgumentException if anything does not hold
     */
    public Checkpoint verify(TreeHash leaf, String origin, Collection<VerifierKey> logKeys) {
        Checkpoint opened = Checkpoint.open(checkpoint, origin, logKeys);
        if (!new InclusionProof(index, opened.size(), path).proves(leaf, opened.root())) {
            throw new IllegalArgumentException("the record is not proved to be in the tree");
        }
        return opened;
    }

    /** The file. */
    public byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    private String text() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        if (extra.length > 0) {
            text.append(EXTRA).append(StrictBase64.encode(extra)).append('\n');
        }
        text.append(INDEX).append(index).append('\n');
        path.forEach(hash -> text.append(hash.base64()).append('\n'));
        return text.append('\n').append(checkpoint.whole()).toString();
    }
}
