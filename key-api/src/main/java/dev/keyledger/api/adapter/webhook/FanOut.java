package dev.keyledger.api.adapter.webhook;

import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedEvents;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Follows the feed for every active webhook and turns what it wants into deliveries. Every node does so at the same time: the feed is read without a
 * lock, and who is first to move the webhook's position from where both found it has done it. Belongs to one thread.
 */
@Component
class FanOut {

    private static final int PAGE = 500;

    /** After so many records without anything for a webhook its position is moved all the same, for whoever starts to read there. */
    private static final long NOTED_EVERY = 10_000;

    /** A webhook whose receiver is away is looked at so often. */
    private static final Duration WHILE_FULL = Duration.ofSeconds(1);

    private final Webhooks webhooks;
    private final Deliveries deliveries;
    private final Feed feed;
    private final FeedEvents events;
    private final Map<UUID, Looked> looked = new HashMap<>();
    private final Map<UUID, Long> fullSince = new HashMap<>();

    /** Up to where every webhook was looked after; null if that is not known. */
    private @Nullable FeedPosition caughtUp;

    /**
     * What need not be read again.
     *
     * @param stored where the webhook was
     * @param readTo up to where there is nothing for it
     */
    private record Looked(FeedPosition stored, FeedPosition readTo) {}

    FanOut(Webhooks webhooks, Deliveries deliveries, Feed feed, FeedEvents events) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.feed = feed;
        this.events = events;
    }

    /**
     * What a round did.
     *
     * @param added whether there is something new to send
     * @param more whether there is more to read
     */
    record Round(boolean added, boolean more) {}

    /**
     * Goes once through all active webhooks.
     *
     * @param anyway also if the feed has not grown, because the webhooks may be others than before
     */
    Round round(boolean anyway) {
        Optional<FeedPosition> last = events.last();
        if (last.isEmpty() || (!anyway && last.get().equals(caughtUp))) {
            return new Round(false, false);
        }
        boolean added = false;
        boolean more = false;
        for (Webhook webhook : webhooks.active()) {
            Round one = follow(webhook, last.get());
            added |= one.added;
            more |= one.more;
        }
        caughtUp = more ? null : last.get();
        return new Round(added, more);
    }

    private Round follow(Webhook webhook, FeedPosition last) {
        Looked known = looked.get(webhook.id());
        FeedPosition from =
                known != null && known.stored.equals(webhook.position()) ? known.readTo : webhook.position();
        if (last.compareTo(from) <= 0 || isFull(webhook.id())) {
            return new Round(false, false);
        }
        int room = deliveries.room(webhook.id());
        if (room <= 0) {
            fullSince.put(webhook.id(), System.nanoTime());
            return new Round(false, false);
        }
        Feed.Page page = feed.after(from, webhook.filter(), Math.min(PAGE, room));
        boolean far = page.readTo().logIndex() - webhook.position().logIndex() >= NOTED_EVERY;
        if (page.events().isEmpty() && !far) {
            looked.put(webhook.id(), new Looked(webhook.position(), page.readTo()));
            return new Round(false, page.more());
        }
        boolean ours = deliveries.add(webhook, page.events(), page.readTo());
        looked.remove(webhook.id());
        return new Round(ours && !page.events().isEmpty(), page.more() || !ours);
    }

    private boolean isFull(UUID webhookId) {
        Long since = fullSince.get(webhookId);
        if (since != null && System.nanoTime() - since < WHILE_FULL.toNanos()) {
            return true;
        }
        fullSince.remove(webhookId);
        return false;
    }
}
