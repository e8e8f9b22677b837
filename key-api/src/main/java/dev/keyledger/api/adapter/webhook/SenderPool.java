package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.adapter.vault.WebhookSecrets;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.projection.feed.FeedEvents;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's sender: claims what is due, has it sent by many threads at once, and records what came of it. Each failure of
 * a receiver halves how many threads it gets, down to one, so that many dead ones do not keep the others waiting. All but {@link #inFlight} and {@link #close} belongs
 * to one thread.
 */
final class SenderPool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SenderPool.class);

    /** How many messages a node sends at a time, and how many of them to one webhook. */
    static final int THREADS = 64;

    private static final int MOST_EACH = 32;

    private static final WebhookClient.Attempt FAILED =
            new WebhookClient.Attempt(DeliveryOutcome.FAILED, 0, Duration.ZERO, Optional.empty());

    private final Webhooks webhooks;
    private final Deliveries deliveries;
    private final WebhookSecrets secrets;
    private final FeedEvents events;
    private final CloudEventForm form;
    private final WebhookClients clients;
    private final WebhookFigures figures;
    private final SecureRandom random;
    private final InstantSource clock;
    private final Runnable wake;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "webhook sender");
        thread.setDaemon(true);
        return thread;
    });
    private final Queue<Deliveries.Result> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Deliveries.Result> unrecorded = new ArrayList<>();
    private final Map<UUID, Pace> paces = new HashMap<>();

    /** Made with the first message: most nodes have none to send, and start sooner without. */
    private @Nullable WebhookClient client;

    /** How many messages to a webhook are under way, and how many may be. */
    private static final class Pace {
        private int underWay;
        private int limit = MOST_EACH;
    }

    /** What a webhook's messages need. */
    private record Target(URI url, List<SecretBytes> secrets) {}

    SenderPool(
            Webhooks webhooks,
            Deliveries deliveries,
            WebhookSecrets secrets,
            FeedEvents events,
            CloudEventForm form,
            WebhookClients clients,
            WebhookFigures figures,
            SecureRandom random,
            InstantSource clock,
            Runnable wake) {
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.secrets = secrets;
        this.events = events;
        this.form = form;
        this.clients = clients;
        this.figures = figures;
        this.random = random;
        this.clock = clock;
        this.wake = wake;
    }

    /** How many messages are under way. */
    int inFlight() {
        return inFlight.get();
    }

    /** Records what is done; answers how much it was. What cannot be recorded is kept for the next time. */
    int record() {
        for (Deliveries.Result result = done.poll(); result != null; result = done.poll()) {
            settle(result);
            unrecorded.add(result);
        }
        int count = unrecorded.size();
        if (count > 0) {
            deliveries.record(unrecorded);
            unrecorded.clear();
        }
        return count;
    }

    private void settle(Deliveries.Result result) {
        Pace pace = pace(result.claimed().webhookId());
        pace.underWay--;
        boolean answered = result.attempt().outcome() == DeliveryOutcome.DELIVERED;
        pace.limit = answered ? Math.min(MOST_EACH, pace.limit + 1) : Math.max(1, pace.limit / 2);
        if (pace.underWay == 0 && pace.limit == MOST_EACH) {
            paces.remove(result.claimed().webhookId());
        }
    }

    private Pace pace(UUID webhookId) {
        return paces.computeIfAbsent(webhookId, id -> new Pace());
    }

    /** Claims what is due and has it sent; answers how much it was. */
    int claim() {
        int free = THREADS - inFlight.get();
        if (free <= 0) {
            return 0;
        }
        Map<UUID, Integer> rooms = new HashMap<>();
        paces.forEach((id, pace) -> rooms.put(id, Math.max(0, pace.limit - pace.underWay)));
        List<Deliveries.Claimed> claimed = deliveries.claim(free, MOST_EACH, rooms);
        if (!claimed.isEmpty()) {
            send(claimed);
        }
        return claimed.size();
    }

    private void send(List<Deliveries.Claimed> claimed) {
        WebhookClient sender = client();
        Map<String, FeedEvent> byId =
                events
                        .named(claimed.stream()
                                .map(Deliveries.Claimed::eventId)
                                .distinct()
                                .toList())
                        .stream()
                        .collect(Collectors.toMap(FeedEvent::id, Function.identity()));
        Map<UUID, List<Deliveries.Claimed>> byWebhook =
                claimed.stream().collect(Collectors.groupingBy(Deliveries.Claimed::webhookId));
        byWebhook.forEach((id, ofOne) -> {
            Optional<Target> target = target(id);
            try {
                ofOne.forEach(each -> start(each, target, byId.get(each.eventId()), sender));
            } finally {
                target.ifPresent(found -> found.secrets.forEach(SecretBytes::close));
            }
        });
    }

    /** Empty if the webhook is gone, or its secrets cannot be read. */
    private Optional<Target> target(UUID webhookId) {
        Optional<Webhook> webhook = webhooks.find(webhookId);
        if (webhook.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<SecretBytes> opened = secrets.open(webhookId);
            return opened.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Target(URI.create(webhook.get().url()), opened));
        } catch (SecretUnwrapException damaged) {
            LOG.error("the secret of webhook {} does not open; nothing is sent to it", webhookId);
            return Optional.empty();
        }
    }

    private void start(
            Deliveries.Claimed claimed, Optional<Target> target, @Nullable FeedEvent event, WebhookClient sender) {
        pace(claimed.webhookId()).underWay++;
        inFlight.incrementAndGet();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (target.isEmpty() || event == null) {
            finish(claimed, now, FAILED);
            return;
        }
        try {
            WebhookClient.Message message = Signing.sign(
                    target.get().url,
                    event.id(),
                    now.getEpochSecond(),
                    MessageBody.of(event, form),
                    target.get().secrets);
            threads.execute(() -> finish(claimed, now, sender.send(message, WebhookTimes.ATTEMPT)));
        } catch (RuntimeException unsendable) {
            LOG.warn(
                    "a message to webhook {} cannot be made: {}",
                    claimed.webhookId(),
                    unsendable.getClass().getSimpleName());
            finish(claimed, now, FAILED);
        }
    }

    private WebhookClient client() {
        if (client == null) {
            client = clients.open(THREADS);
        }
        return client;
    }

    private void finish(Deliveries.Claimed claimed, Instant at, WebhookClient.Attempt attempt) {
        figures.attempted(attempt.outcome());
        boolean delivered = attempt.outcome() == DeliveryOutcome.DELIVERED;
        boolean gone = attempt.outcome() == DeliveryOutcome.GONE;
        Optional<Duration> pause = delivered
                ? Optional.of(Duration.ZERO)
                : WebhookTimes.pauseAfter(claimed.attempts() + 1, attempt.retryAfter(), random);
        Delivery.State next = delivered
                ? Delivery.State.DELIVERED
                : pause.isEmpty() && !gone ? Delivery.State.DEAD : Delivery.State.READY;
        done.add(new Deliveries.Result(
                claimed, at, attempt, next, pause.orElse(Duration.ZERO).toMillis(), gone));
        inFlight.decrementAndGet();
        wake.run();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        if (client != null) {
            client.close();
        }
    }
}
