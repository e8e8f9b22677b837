package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.note.SignedNote;
import java.io.IOException;
import java.util.Optional;

/**
 * A place outside the database that keeps what was signed, so that whoever rewrites the database is contradicted. Checkpoints come in growing
 * order, though some may be left out and the last one may come again. For one thread at a time.
 */
interface Anchor {

    /** Its kind, by which the store remembers how far it was reached: {@code file} or {@code http}. */
    String kind();

    /** Whether {@link #last} tells what the anchor has; one that only takes cannot be compared with. */
    boolean canBeRead();

    /**
     * The last checkpoint of this log that the anchor has.
     *
     * @return empty if it has none, or cannot be read at all
     * @throws IOException if it cannot be read now
     * @throws BrokenLogException if it has a checkpoint in this log's name that this log's key has not signed
     */
    Optional<SignedHead> last() throws IOException;

    /**
     * Adds a checkpoint; once this returns it stays, whatever happens to this machine.
     *
     * @throws IOException if that is not certain
     */
    void append(SignedNote checkpoint) throws IOException, InterruptedException;
}
