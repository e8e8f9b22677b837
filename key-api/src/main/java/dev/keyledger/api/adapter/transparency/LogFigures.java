package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.transparency.LogStore.Figures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * How far the log is signed and anchored, for metrics and health. Read from the store when somebody looks, so every node tells it; not a
 * number while the store cannot be read. The component is down on a node that found the log broken, and only there.
 */
@Component("log")
class LogFigures implements HealthIndicator {

    /** One look serves all figures of a scrape. */
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private final LogStore store;
    private final Anchors anchors;
    private final Checkpointer checkpointer;

    /** What was seen; null if the store could not be read. */
    private record Look(long at, @Nullable Figures figures) {}

    private volatile @Nullable Look look;

    LogFigures(LogStore store, Anchors anchors, Checkpointer checkpointer, MeterRegistry registry) {
        this.store = store;
        this.anchors = anchors;
        this.checkpointer = checkpointer;
        gauge(registry, "size", "records", "Records that the last checkpoint covers", Figures::size);
        gauge(registry, "age", "seconds", "Age of the last checkpoint, in store time", Figures::ageSeconds);
        gauge(
                registry,
                "uncovered",
                "records",
                "Records with their place in the log that no checkpoint covers yet",
                Figures::uncovered);
        gauge(
                registry,
                "anchored",
                "records",
                "Records that the last checkpoint covers which every configured anchor outside the database has",
                figures -> leastAnchored(figures).map(Long::doubleValue).orElse(Double.NaN));
    }

    private void gauge(
            MeterRegistry registry, String name, String unit, String description, ToDoubleFunction<Figures> value) {
        Gauge.builder(
                        "keyledger.log." + name,
                        () -> current().map(value::applyAsDouble).orElse(Double.NaN))
                .description(description)
                .baseUnit(unit)
                .register(registry);
    }

    private Optional<Figures> current() {
        Look seen = look;
        if (seen == null || System.nanoTime() - seen.at > FRESH_NANOS) {
            @Nullable Figures figures;
            try {
                figures = store.figures();
            } catch (DataAccessException unreadable) {
                // Health and the lag of the sequencer say that the database is away.
                figures = null;
            }
            seen = new Look(System.nanoTime(), figures);
            look = seen;
        }
        return Optional.ofNullable(seen.figures);
    }

    private Optional<Long> leastAnchored(Figures figures) {
        return anchors.all().stream()
                .map(anchor -> figures.anchored().getOrDefault(anchor.kind(), 0L))
                .min(Long::compare);
    }

    @Override
    public Health health() {
        Optional<BrokenLogException> broken = checkpointer.broken();
        Health.Builder health = broken.isPresent() ? Health.down() : Health.up();
        broken.ifPresent(found -> {
            health.withDetail("broken", Objects.requireNonNull(found.getMessage()));
            found.firstBad().ifPresent(place -> health.withDetail("firstBadLogIndex", place));
        });
        health.withDetail("origin", store.key().name());
        current().ifPresent(figures -> {
            health.withDetail("checkpointSize", figures.size());
            if (figures.madeAt() != null) {
                health.withDetail("checkpointMadeAt", figures.madeAt());
            }
            Map<String, Long> reached = new LinkedHashMap<>();
            anchors.all()
                    .forEach(anchor ->
                            reached.put(anchor.kind(), figures.anchored().getOrDefault(anchor.kind(), 0L)));
            health.withDetail("anchored", reached);
        });
        return health.withDetail("anchoredOutsideTheDatabase", !anchors.all().isEmpty())
                .build();
    }
}
