package dev.keyledger.api.adapter.clock;

import dev.keyledger.api.auth.RequestTimes;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * An estimate of the database's clock and of the store's offset, for what needs no more than an estimate: the window of request time stamps
 * and the waking of timers. It is a sample of the database carried on by this process's monotonic clock, renewed twice a second, so that an
 * advance of the test clock made on one node is seen by all within a second.
 */
@Component
public class DatabaseTime implements RequestTimes {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseTime.class);
    private static final long SAMPLE_EVERY_MILLIS = 500;

    private final JdbcClient jdbc;
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "database-time");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Sample sample;
    private volatile boolean sampling = true;
    private final List<Runnable> offsetListeners = new CopyOnWriteArrayList<>();

    /**
     * @param database database time at the moment of the sample
     * @param offset what store time adds to it
     * @param nanos this process's monotonic clock at the moment of the sample
     */
    private record Sample(Instant database, Duration offset, long nanos) {

        Instant machineNow() {
            return database.plusNanos(System.nanoTime() - nanos).truncatedTo(ChronoUnit.MILLIS);
        }
    }

    DatabaseTime(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.sample = take();
        var unused = sampler.scheduleWithFixedDelay(
                this::renew, SAMPLE_EVERY_MILLIS, SAMPLE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Database time, never driven. */
    @Override
    public Instant machineNow() {
        return sample.machineNow();
    }

    /** Store time: database time plus the store's offset. */
    @Override
    public Instant storeNow() {
        Sample last = sample;
        return last.machineNow().plus(last.offset);
    }

    /** What store time adds to database time; zero unless the test clock was advanced. */
    public Duration offset() {
        return sample.offset;
    }

    /** Takes a sample at once, after this node changed the offset. */
    public void refresh() {
        sample();
    }

    /** Has the listener called, on some thread and briefly, whenever this node sees that the store's offset changed. */
    public void whenOffsetChanges(Runnable listener) {
        offsetListeners.add(listener);
    }

    /** One at a time: a sample begun before an advance must not replace one taken after it. */
    private synchronized void sample() {
        Sample fresh = take();
        Duration before = sample.offset;
        sample = fresh;
        if (!fresh.offset.equals(before)) {
            offsetListeners.forEach(Runnable::run);
        }
    }

    private void renew() {
        try {
            sample();
            sampling = true;
        } catch (RuntimeException unreachable) {
            // The old sample stays good for as long as the two clocks run alike; every deciding statement asks the
            // database itself.
            if (sampling) {
                LOG.warn(
                        "cannot read the database's clock: {}",
                        unreachable.getClass().getSimpleName());
            }
            sampling = false;
        }
    }

    private Sample take() {
        long before = System.nanoTime();
        return jdbc.sql("select clock_timestamp(), extract(epoch from \"offset\") * 1000 from store_clock")
                .query((row, number) -> new Sample(
                        row.getTimestamp(1).toInstant(),
                        Duration.ofMillis(row.getBigDecimal(2).longValue()),
                        before + (System.nanoTime() - before) / 2))
                .single();
    }

    @PreDestroy
    void stop() {
        sampler.shutdownNow();
    }
}
