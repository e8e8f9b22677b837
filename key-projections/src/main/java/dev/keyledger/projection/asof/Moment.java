package dev.keyledger.projection.asof;

import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.PastEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a key is looked at. The instant decides what has expired; which events had happened is decided by it too, or by a place in the log.
 *
 * @param instant store time; of a place, that of the record there
 * @param position the last index of the log that counts; null for all that had happened by the instant
 */
public record Moment(Instant instant, @Nullable Long position) {

    /** At an instant. */
    public static Moment at(Instant instant) {
        return new Moment(instant, null);
    }

    /**
     * How many of a key's events had happened: all up to the last one that had, in the order of the key, which a clock that was put back does
     * not change.
     */
    int countOf(List<PastEvent> events) {
        for (int count = events.size(); count > 0; count--) {
            if (sees(events.get(count - 1))) {
                return count;
            }
        }
        return 0;
    }

    /** Whether an event had happened. */
    public boolean sees(PastEvent event) {
        if (position == null) {
            return !event.event().at().isAfter(instant);
        }
        Cause cause = event.cause();
        return cause != null && cause.logIndex() != null && cause.logIndex() <= position;
    }
}
