package dev.keyledger.api.adapter.feed;

import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.IndexListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/**
 * Tells whoever follows the feed that there may be new events. A hint and never the guarantee: it may be missing, doubled or about nothing, so
 * a follower looks at least every second by itself. Thread-safe.
 */
@Component
public class FeedNews implements IndexListener {

    private final List<Runnable> followers = new CopyOnWriteArrayList<>();

    /**
     * Has a follower told from now on.
     *
     * @param follower called on threads that have other things to do: it wakes somebody and returns
     * @return ends that when it is run
     */
    public Runnable follow(Runnable follower) {
        followers.add(follower);
        return () -> followers.remove(follower);
    }

    /** There may be new events. */
    public void tell() {
        followers.forEach(Runnable::run);
    }

    /** Uses of keys are no news: they place no event. */
    @Override
    public void grown(IndexHead head) {}

    @Override
    public void eventsPlaced(IndexHead head) {
        tell();
    }
}
