package dev.keyledger.api.adapter.webhook;

import dev.keyledger.feed.FeedPosition;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to a webhook, or there. All instants are machine time.
 *
 * @param attempts since it was first due, or since an operator had it tried again
 * @param nextAttempt null unless it waits for one
 * @param finished null unless it was delivered or skipped
 * @param history the last attempts, the oldest first
 */
public record Delivery(
        FeedPosition position,
        String eventId,
        String type,
        String subject,
        State state,
        int attempts,
        Instant created,
        @Nullable Instant nextAttempt,
        @Nullable Instant finished,
        List<Try> history) {

    public Delivery {
        history = List.copyOf(history);
    }

    /** Where it is on its way. */
    public enum State {
        /** An earlier one of its subject goes first. */
        QUEUED,
        /** It is sent as soon as it is due. */
        READY,
        /** It was tried as often as anything is, and is not tried again. */
        DEAD,
        /** The receiver has it. */
        DELIVERED,
        /** An operator gave it up. */
        SKIPPED;

        /** As it is stored and told. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One attempt.
     *
     * @param outcome as {@link DeliveryOutcome} tells it
     * @param status 0 if there was no answer
     */
    public record Try(Instant at, String outcome, int status, long milliseconds) {}
}
