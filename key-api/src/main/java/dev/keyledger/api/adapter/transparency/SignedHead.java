package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.VerifierKey;
import java.util.List;

/**
 * A checkpoint and the note it was signed in.
 *
 * @param checkpoint what the note says
 * @param note the note, with all its signatures
 */
public record SignedHead(Checkpoint checkpoint, SignedNote note) {

    /**
     * Reads a note of this log.
     *
     * @param where it was found, for the message
     * @throws BrokenLogException if it is none of this log, or this log's key has not signed it
     */
    static SignedHead open(SignedNote note, VerifierKey key, String where) {
        try {
            return new SignedHead(Checkpoint.open(note, key.name(), List.of(key)), note);
        } catch (IllegalArgumentException foreign) {
            throw new BrokenLogException(
                    where + " holds a checkpoint that the key of this log has not signed", foreign);
        }
    }

    /** How many records it covers. */
    public long size() {
        return checkpoint.size();
    }
}
