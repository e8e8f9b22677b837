package dev.keyledger.projection.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event and what the views' handlers write for it.
 *
 * @param stream identifier of its key or alias
 * @param globalIndex its place
 * @param eventId its identifier
 * @param writes statements in their order; empty if it cannot be replayed
 * @param failure why it cannot be replayed; null if it can
 */
record ReplayedEvent(
        String stream,
        long globalIndex,
        String eventId,
        List<Write> writes,
        @Nullable String failure) {

    /** One statement with a value for each {@code ?}. */
    @SuppressWarnings("ArrayRecordComponent") // As the views give them; never compared, never printed.
    record Write(String sql, @Nullable Object[] values) {

        @Override
        public String toString() {
            return "Write[" + sql + "]";
        }
    }

    /** Some events that follow each other, and the place up to which there are no others. */
    record Chunk(List<ReplayedEvent> events, long upTo) {}

    ParkedStream parked(String reason) {
        return new ParkedStream(stream, globalIndex, eventId, reason);
    }
}
