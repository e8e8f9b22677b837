package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.extension.event.Start;
import dev.keyledger.feed.FeedEvent;
import java.util.List;

/** Where events go. Used by one thread at a time; no transaction is open and no connection held while it is. */
public interface Outlet extends AutoCloseable {

    /** What a dead letter is told of: a reason is text for operators and quotes no event. */
    int MAX_REASON = 256;

    /** Name of the subscriber. */
    String name();

    /** {@code handler} or {@code broker}. */
    String kind();

    /** Where it begins in a store that does not know it. */
    Start start();

    /** Most events that it is given at once. */
    int most();

    /**
     * Passes events on, those of one subject in order, and says of each what became of it. Returns early if it may not go on; what nothing was said
     * of is given to it again.
     *
     * @throws OutletAwayException if what is behind it is away, which is no event's fault
     * @throws InterruptedException if the node ends
     */
    void pass(List<FeedEvent> events, Receipts receipts) throws OutletAwayException, InterruptedException;

    /** Gives back what it holds until it is used again; asked after a failure and when another node may go on. Never throws. */
    @Override
    void close();

    /** What became of events. */
    interface Receipts {

        /** Whether this node is still the one to pass events on; asked before each. */
        boolean goOn();

        /** It has arrived. */
        void passed(FeedEvent event);

        /**
         * It was refused for good. Later events of its subject are not to be passed on, and nothing is to be said of them.
         *
         * @param reason type of the failure and place in code, no values
         */
        void refused(FeedEvent event, String reason, int attempts);

        /** An attempt failed and will be repeated. */
        void failedOnce();
    }
}
