package dev.keyledger.api.adapter.subscriber;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** How far the subscribers of this node are, for metrics. Read from the store when somebody looks; not a number while it cannot be read. */
@Component
class SubscriberFigures {

    /** One look serves all figures of a scrape. */
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private record Look(long at, Map<String, Subscribers.Status> subscribers) {}

    private final Subscribers subscribers;
    private volatile Look look = new Look(System.nanoTime() - 2 * FRESH_NANOS, Map.of());

    SubscriberFigures(Subscribers subscribers, SubscriberRunner runner, MeterRegistry registry) {
        this.subscribers = subscribers;
        for (String name : runner.names()) {
            gauge(
                    registry,
                    "lag",
                    "events",
                    name,
                    "Events in the feed that this subscriber was not told yet",
                    Subscribers.Status::lag);
            gauge(
                    registry,
                    "delay",
                    "seconds",
                    name,
                    "Age of the first event that this subscriber was not told yet",
                    Subscribers.Status::delaySeconds);
            gauge(
                    registry,
                    "parked",
                    "events",
                    name,
                    "Events that this subscriber refused, and those that wait for them",
                    Subscribers.Status::deadLetters);
            gauge(
                    registry,
                    "away",
                    null,
                    name,
                    "1 while something keeps its node from passing on the next event",
                    status -> status.trouble() == null ? 0 : 1);
        }
    }

    private void gauge(
            MeterRegistry registry,
            String figure,
            @Nullable String unit,
            String subscriber,
            String description,
            ToDoubleFunction<Subscribers.Status> value) {
        Gauge.builder("keyledger.subscribers." + figure, () -> {
                    Subscribers.Status status = current().get(subscriber);
                    return status == null ? Double.NaN : value.applyAsDouble(status);
                })
                .description(description)
                .baseUnit(unit)
                .tag("subscriber", subscriber)
                .register(registry);
    }

    private Map<String, Subscribers.Status> current() {
        Look seen = look;
        if (System.nanoTime() - seen.at > FRESH_NANOS) {
            Map<String, Subscribers.Status> read;
            try {
                read = subscribers.all().stream()
                        .collect(Collectors.toMap(Subscribers.Status::name, Function.identity()));
            } catch (DataAccessException unreadable) {
                // The lag of the sequencer says that the database is away.
                read = Map.of();
            }
            seen = new Look(System.nanoTime(), read);
            look = seen;
        }
        return seen.subscribers;
    }
}
