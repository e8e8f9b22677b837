package dev.keyledger.api.rest.events;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.FeedFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last events of the feed, each written once for all who stream. Bounded by number and bytes. Whoever is within it needs no store; whoever is
 * behind it reads pages until he is within. Thread-safe.
 */
final class RecentEvents {

    private static final int MOST_EVENTS = 4_096;
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    /** At most so many at a time, so that nobody holds the lock for long. */
    private static final int MOST_AT_ONCE = 64;

    /** An event as streams send it. */
    static final class Recent {

        private final FeedEvent event;
        private final byte[] frame;

        /**
         * @param event without its payload
         * @param frame bytes that nobody changes
         */
        Recent(FeedEvent event, byte[] frame) {
            this.event = event;
            this.frame = frame;
        }

        FeedEvent event() {
            return event;
        }

        byte[] frame() {
            return frame;
        }
    }

    /**
     * A part of what is recent.
     *
     * @param readTo every event up to here is in it, or was before the position that was asked for
     */
    record Part(List<Recent> events, FeedPosition readTo) {}

    private final int mostEvents;
    private final int mostBytes;
    private final List<Recent> events = new ArrayList<>();
    private @Nullable FeedPosition start;
    private FeedPosition end = FeedPosition.BEGINNING;
    private int bytes;

    RecentEvents() {
        this(MOST_EVENTS, MOST_BYTES);
    }

    RecentEvents(int mostEvents, int mostBytes) {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
    }

    /** Knows nothing before this position and nothing behind it, and is told of everything behind it from now on. */
    synchronized void beginAt(FeedPosition position) {
        forget();
        start = position;
        end = position;
    }

    /** Knows nothing any more, and answers nobody until it begins again. */
    synchronized void forget() {
        events.clear();
        bytes = 0;
        start = null;
    }

    /**
     * Adds what comes directly behind the end.
     *
     * @param readTo the new end
     */
    synchronized void add(List<Recent> more, FeedPosition readTo) {
        for (Recent each : more) {
            events.add(each);
            bytes += each.frame().length;
        }
        end = readTo;
        int surplus = 0;
        while (events.size() - surplus > mostEvents || bytes > mostBytes) {
            bytes -= events.get(surplus).frame().length;
            surplus++;
        }
        if (surplus > 0) {
            start = events.get(surplus - 1).event().position();
            events.subList(0, surplus).clear();
        }
    }

    /** Up to where it knows the feed. */
    synchronized FeedPosition end() {
        return end;
    }

    /** What comes directly behind a position; null if it does not know all of that. */
    synchronized @Nullable Part after(FeedPosition position) {
        if (start == null || position.compareTo(start) < 0) {
            return null;
        }
        int low = 0;
        int high = events.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (events.get(middle).event().position().compareTo(position) > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        int until = Math.min(events.size(), low + MOST_AT_ONCE);
        List<Recent> found = List.copyOf(events.subList(low, until));
        if (until < events.size()) {
            return new Part(found, found.get(found.size() - 1).event().position());
        }
        return new Part(found, end.compareTo(position) > 0 ? end : position);
    }

    /** Whether one of some events may be wanted; a tag is not looked at. */
    static boolean mayConcern(Part part, FeedFilter filter) {
        return part.events().stream().anyMatch(each -> filter.admits(each.event()));
    }
}
