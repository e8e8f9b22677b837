package dev.keyledger.api.adapter.timer;

import dev.keyledger.api.adapter.clock.DatabaseTime;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs every {@link Upkeep} of this node: at the start, then at its interval give or take a tenth so that nodes drift apart, and at once
 * after the store's offset changed.
 */
@Component
public class UpkeepRunner implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(UpkeepRunner.class);

    /** When another node was busy with what this node knows to be due. */
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    /** Then the ordinary turns take over. */
    private static final int PROMPTED_ATTEMPTS = 10;

    /** One more than is at work as a rule: the notices of a long downtime must not keep expiries waiting. */
    private static final int THREADS = 3;

    private static final double JITTER = 0.1;

    private final List<Upkeep> all;
    private final UpkeepLease lease;
    private final SecureRandom random;
    private final Set<String> prompted = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ScheduledThreadPoolExecutor executor;

    UpkeepRunner(List<Upkeep> all, UpkeepLease lease, DatabaseTime databaseTime, SecureRandom random) {
        this.all = all;
        this.lease = lease;
        this.random = random;
        if (all.stream().map(Upkeep::name).collect(Collectors.toSet()).size() != all.size()) {
            throw new IllegalStateException("two kinds of upkeep have the same name");
        }
        databaseTime.whenOffsetChanges(this::lookAgain);
    }

    @Override
    public void start() {
        ScheduledThreadPoolExecutor fresh = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "upkeep");
            thread.setDaemon(true);
            return thread;
        });
        executor = fresh;
        all.forEach(upkeep -> turn(fresh, upkeep, Duration.ZERO));
    }

    /** Does all that follows store time now, because store time or a hold is no longer what it was. */
    public void lookAgain() {
        ScheduledThreadPoolExecutor current = executor;
        if (current != null) {
            all.stream().filter(Upkeep::followsStoreTime).forEach(upkeep -> prompt(current, upkeep));
        }
    }

    private void prompt(ScheduledThreadPoolExecutor current, Upkeep upkeep) {
        // One waiting prompt is enough: the work looks at the store when it begins.
        if (prompted.add(upkeep.name())) {
            submit(current, () -> runPrompted(current, upkeep, PROMPTED_ATTEMPTS), Duration.ZERO);
        }
    }

    private void runPrompted(ScheduledThreadPoolExecutor current, Upkeep upkeep, int attempts) {
        prompted.remove(upkeep.name());
        if (!attempt(upkeep) && attempts > 1 && prompted.add(upkeep.name())) {
            submit(current, () -> runPrompted(current, upkeep, attempts - 1), TRY_AGAIN);
        }
    }

    private void turn(ScheduledThreadPoolExecutor current, Upkeep upkeep, Duration delay) {
        submit(
                current,
                () -> {
                    try {
                        attempt(upkeep);
                    } finally {
                        turn(current, upkeep, jittered(upkeep.every()));
                    }
                },
                delay);
    }

    private Duration jittered(Duration interval) {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofMillis((long) (interval.toMillis() * factor));
    }

    /** Returns false if another node was at it, or if it failed. */
    private boolean attempt(Upkeep upkeep) {
        try {
            return lease.ifFree(upkeep.name(), upkeep::run);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return true;
        } catch (SQLException | RuntimeException failed) {
            // The text of a database exception may quote values, so only its kind is logged.
            LOG.warn("upkeep {} failed: {}", upkeep.name(), failed.getClass().getSimpleName());
            return false;
        }
    }

    private static void submit(ScheduledThreadPoolExecutor current, Runnable task, Duration delay) {
        try {
            var unused = current.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("no more upkeep: the node stops");
        }
    }

    @Override
    public void stop() {
        ScheduledThreadPoolExecutor current = executor;
        executor = null;
        if (current != null) {
            current.shutdownNow();
            try {
                if (!current.awaitTermination(10, TimeUnit.SECONDS)) {
                    LOG.warn("upkeep did not end within 10 seconds");
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    @Override
    public int getPhase() {
        return DeadlineScheduler.PHASE;
    }
}
