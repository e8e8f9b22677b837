package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A page of the feed on its way through an outlet, until each of its events was passed on or parked. Used by one thread. */
final class Round {

    private final List<FeedEvent> events;
    private final FeedPosition readTo;
    private final boolean more;
    private final Map<FeedPosition, Integer> places = new HashMap<>();
    private final BitSet settled = new BitSet();

    Round(Feed.Page page) {
        this.events = page.events();
        this.readTo = page.readTo();
        this.more = page.more();
        for (int i = 0; i < events.size(); i++) {
            places.put(events.get(i).position(), i);
        }
    }

    /** What is neither passed on nor parked. */
    List<FeedEvent> open() {
        List<FeedEvent> open = new ArrayList<>();
        for (int i = settled.nextClearBit(0); i < events.size(); i = settled.nextClearBit(i + 1)) {
            open.add(events.get(i));
        }
        return open;
    }

    void settle(FeedEvent event) {
        settled.set(Objects.requireNonNull(places.get(event.position())));
    }

    boolean complete() {
        return settled.nextClearBit(0) >= events.size();
    }

    /** The last event with nothing open before it. */
    Optional<FeedPosition> reached() {
        int first = settled.nextClearBit(0);
        return first == 0 ? Optional.empty() : Optional.of(events.get(first - 1).position());
    }

    /** Where the feed goes on after it. */
    FeedPosition readTo() {
        return readTo;
    }

    /** Whether there was more of the feed behind it. */
    boolean more() {
        return more;
    }
}
