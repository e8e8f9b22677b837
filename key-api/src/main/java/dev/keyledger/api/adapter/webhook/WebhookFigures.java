package dev.keyledger.api.adapter.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.springframework.stereotype.Component;

/** What metrics say of webhooks. A webhook is named by its id, of which a store has a hundred at most. Thread-safe. */
@Component
class WebhookFigures {

    private final Map<DeliveryOutcome, Counter> attempts = new EnumMap<>(DeliveryOutcome.class);
    private final MultiGauge lag;
    private final MultiGauge waiting;
    private final MultiGauge dead;
    private volatile IntSupplier inFlight = new AtomicInteger()::get;

    WebhookFigures(MeterRegistry registry) {
        for (DeliveryOutcome outcome : DeliveryOutcome.values()) {
            attempts.put(
                    outcome,
                    Counter.builder("keyledger.webhooks.deliveries")
                            .description("Attempts of this node to send a message to a webhook")
                            .tag("outcome", outcome.text())
                            .register(registry));
        }
        Gauge.builder("keyledger.webhooks.in.flight", () -> inFlight.getAsInt())
                .description("Messages that this node is sending")
                .baseUnit("messages")
                .register(registry);
        lag = MultiGauge.builder("keyledger.webhooks.lag")
                .description("Age of the oldest event that is on its way to this webhook, over all nodes")
                .baseUnit("seconds")
                .register(registry);
        waiting = MultiGauge.builder("keyledger.webhooks.waiting")
                .description("Events that are on their way to this webhook, over all nodes")
                .baseUnit("messages")
                .register(registry);
        dead = MultiGauge.builder("keyledger.webhooks.dead")
                .description("Events that were given up for this webhook and wait for an operator")
                .baseUnit("messages")
                .register(registry);
    }

    void watch(IntSupplier sending) {
        inFlight = sending;
    }

    void attempted(DeliveryOutcome outcome) {
        Counter counter = attempts.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    /** How the webhooks that there are do now. */
    void seen(List<UUID> webhooks, Map<UUID, Deliveries.Backlog> backlogs) {
        List<MultiGauge.Row<?>> lags = new ArrayList<>();
        List<MultiGauge.Row<?>> waits = new ArrayList<>();
        List<MultiGauge.Row<?>> deads = new ArrayList<>();
        for (UUID id : webhooks) {
            Deliveries.Backlog backlog = backlogs.getOrDefault(id, Deliveries.Backlog.NONE);
            Tags tags = Tags.of("webhook", id.toString());
            lags.add(MultiGauge.Row.of(tags, backlog.oldestSeconds()));
            waits.add(MultiGauge.Row.of(tags, backlog.waiting()));
            deads.add(MultiGauge.Row.of(tags, backlog.dead()));
        }
        lag.register(lags, true);
        waiting.register(waits, true);
        dead.register(deads, true);
    }
}
