package dev.keyledger.api.metrics;

import dev.keyledger.api.adapter.batch.BatchObserver;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * Figures of work that is done in batches: {@code ….batch.size}, {@code ….commit} and {@code ….queue.depth} under a name of its own.
 * Thread-safe.
 */
public final class BatchMetrics implements BatchObserver {

    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

    /** Milliseconds; a commit takes a fraction of one on a fast disk and some on a slow one. */
    private static final Duration[] DURATIONS = Stream.of(
                    0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 25.0, 100.0, 500.0, 4000.0)
            .map(millis -> Duration.ofNanos((long) (millis * 1_000_000)))
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final String name;
    private final DistributionSummary sizes;
    private final Timer commits;

    /**
     * Makes the figures.
     *
     * @param name what they begin with, for example {@code keyledger.journal}
     */
    public BatchMetrics(MeterRegistry registry, String name) {
        this.registry = registry;
        this.name = name;
        this.sizes = DistributionSummary.builder(name + ".batch.size")
                .description("Pieces of work in one batch")
                .baseUnit("records")
                .serviceLevelObjectives(SIZES)
                .register(registry);
        this.commits = Timer.builder(name + ".commit")
                .description("Time of one batch, from its statement to its commit")
                .serviceLevelObjectives(DURATIONS)
                .register(registry);
    }

    /** Shows how much waits for a batch. */
    public BatchMetrics waiting(IntSupplier depth) {
        Gauge.builder(name + ".queue.depth", depth::getAsInt)
                .description("Pieces of work that wait for a batch")
                .baseUnit("records")
                .register(registry);
        return this;
    }

    @Override
    public void performed(int pieces, long nanos) {
        sizes.record(pieces);
        commits.record(Duration.ofNanos(nanos));
    }
}
