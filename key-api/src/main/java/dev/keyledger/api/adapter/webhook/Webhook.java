package dev.keyledger.api.adapter.webhook;

import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.FeedFilter;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * Somebody who is told of events by HTTP.
 *
 * @param filter what it is told of; never changes
 * @param ordered whether events of one subject arrive one after the other
 * @param statusReason why it is not active, as far as the service itself decided that
 * @param position up to where the feed was looked through for it
 * @param createdAt store time
 * @param createdBy principal
 */
public record Webhook(
        UUID id,
        String url,
        String description,
        FeedFilter filter,
        boolean ordered,
        Status status,
        String statusReason,
        FeedPosition position,
        Instant createdAt,
        String createdBy) {

    /** What happens with its events. */
    public enum Status {
        /** They are sent. */
        ACTIVE,
        /** Somebody had it rest; they wait in the feed. */
        PAUSED,
        /** It said that it wants nothing more; they wait in the feed. */
        DISABLED;

        /** As it is stored and told. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Without what a URL may hold. */
    @Override
    public String toString() {
        return "webhook " + id;
    }
}
