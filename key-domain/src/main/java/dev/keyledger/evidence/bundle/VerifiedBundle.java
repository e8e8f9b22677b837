package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.note.VerifierKey;
import java.time.Instant;

/**
 * What a bundle proves.
 *
 * @param checkpoint the head of the log that the records are in
 * @param key what has signed it
 * @param keyFromBundle whether nothing but the bundle itself says that this is the log's key
 * @param from place of the first record
 * @param to place behind the last
 * @param earliest the earliest time of a record; clocks can be put back, so it need not be the first one's
 * @param latest the latest
 * @param overtaken records of uses that have a place behind a change of their key which they did not see
 * @param earlier checkpoints kept by others from which this log was proved to go on
 * @param unproved checkpoints of this log kept by others about which the bundle says nothing
 */
public record VerifiedBundle(
        Checkpoint checkpoint,
        VerifierKey key,
        boolean keyFromBundle,
        long from,
        long to,
        Instant earliest,
        Instant latest,
        long overtaken,
        long earlier,
        long unproved) {

    /** How many records. */
    public long records() {
        return to - from;
    }
}
