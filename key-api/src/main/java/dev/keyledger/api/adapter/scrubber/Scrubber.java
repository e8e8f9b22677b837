package dev.keyledger.api.adapter.scrubber;

import dev.keyledger.api.adapter.transparency.BrokenLogException;
import dev.keyledger.api.adapter.transparency.Checkpointer;
import dev.keyledger.api.adapter.transparency.LogRecords;
import dev.keyledger.api.adapter.transparency.LogStore;
import dev.keyledger.api.adapter.transparency.SignedHead;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.evidence.tree.RightEdge;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Goes round the log on the node that signs it, so slowly that uses of keys do not notice, and begins again ten seconds after the end. What
 * it finds ends all signing, as what the checkpointer finds does.
 */
@Component
public class Scrubber implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    /** Between rounds, after a failure, and before the first look after a start. */
    private static final Duration REST = Duration.ofSeconds(10);

    /** Whatever the rate, it rests four times as long as it works: a fifth of one processor at most. */
    private static final int REST_TO_WORK = 4;

    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    private final LogStore store;
    private final LogRecords records;
    private final Checkpointer checkpointer;
    private final ScrubProgress progress;
    private final JdbcClient jdbc;
    private final int recordsPerSecond;
    private final Duration rest;
    private final Counter compared;
    private volatile @Nullable Turn turn;

    @Autowired
    Scrubber(
            LogStore store,
            LogRecords records,
            Checkpointer checkpointer,
            ScrubProgress progress,
            JdbcClient jdbc,
            Settings settings,
            MeterRegistry registry) {
        this(store, records, checkpointer, progress, jdbc, settings, registry, REST);
    }

    /**
     * A scrubber with another pause.
     *
     * @param rest between rounds, after a failure, and before the first look after a start
     */
    Scrubber(
            LogStore store,
            LogRecords records,
            Checkpointer checkpointer,
            ScrubProgress progress,
            JdbcClient jdbc,
            Settings settings,
            MeterRegistry registry,
            Duration rest) {
        this.rest = rest;
        this.store = store;
        this.records = records;
        this.checkpointer = checkpointer;
        this.progress = progress;
        this.jdbc = jdbc;
        this.recordsPerSecond = settings.log().scrubRate();
        this.compared = Counter.builder("keyledger.scrub.compared")
                .description("Audit records and events that this node has held against the signed log again")
                .baseUnit("records")
                .register(registry);
        Gauge.builder("keyledger.scrub.position", this::position)
                .description("How many records the present round has compared up to a checkpoint")
                .baseUnit("records")
                .register(registry);
        Gauge.builder("keyledger.scrub.age", this::age)
                .description("Time since the end of the last round through the whole log, in store time")
                .baseUnit("seconds")
                .register(registry);
    }

    private double position() {
        try {
            return progress.read().size();
        } catch (DataAccessException unreadable) {
            // Health says that the database is away.
            return Double.NaN;
        }
    }

    private double age() {
        try {
            return progress.age();
        } catch (DataAccessException unreadable) {
            return Double.NaN;
        }
    }

    /**
     * Compares the whole log at once, at full speed, and stops signing if it is not what was signed.
     *
     * @return what was found, empty if all is well
     */
    public Optional<BrokenLogException> scrubAll() {
        Optional<SignedHead> end = store.latest();
        if (end.isEmpty()) {
            return Optional.empty();
        }
        try {
            ScrubRound round = new ScrubRound(store, records, jdbc, end.get(), RightEdge.EMPTY);
            for (int done = round.step(); done > 0; done = round.step()) {
                compared.increment(done);
            }
            progress.completed();
            return Optional.empty();
        } catch (BrokenLogException found) {
            checkpointer.stopSigning(found);
            return Optional.of(found);
        }
    }

    /** From a start to a stop. */
    private final class Turn implements Runnable {

        private final CountDownLatch stopping = new CountDownLatch(1);
        private final Thread thread = new Thread(this, "scrubber");
        private @Nullable ScrubRound round;
        private boolean failing;

        @Override
        public void run() {
            try {
                Duration pause = rest;
                while (!stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    pause = attempt();
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
                LOG.warn("the scrubber was interrupted");
            }
        }

        private Duration attempt() {
            if (!checkpointer.signs()) {
                round = null;
                return rest;
            }
            try {
                long begun = System.nanoTime();
                int done = step();
                failing = false;
                if (done == 0) {
                    return rest;
                }
                long work = System.nanoTime() - begun;
                return Duration.ofNanos(
                        Math.max(REST_TO_WORK * work, TimeUnit.SECONDS.toNanos(1) * done / recordsPerSecond));
            } catch (BrokenLogException found) {
                checkpointer.stopSigning(found);
            } catch (RuntimeException failed) {
                // Once, and not every time while the database is away; its text may quote values.
                if (!failing) {
                    LOG.warn(
                            "the log is not compared with what was signed: {}",
                            failed.getClass().getSimpleName());
                }
                failing = true;
            }
            round = null;
            return rest;
        }

        private int step() {
            ScrubRound current = round;
            if (current == null) {
                Optional<SignedHead> end = store.latest();
                if (end.isEmpty()) {
                    return 0;
                }
                current = new ScrubRound(store, records, jdbc, end.get(), reached(end.get()));
                round = current;
            }
            long before = current.verified();
            int done = current.step();
            compared.increment(done);
            if (done == 0) {
                progress.completed();
                round = null;
            } else if (current.verified() > before) {
                progress.reached(current.verified());
            }
            return done;
        }

        /** The tree up to which an earlier round came; what does not give its head any more is looked for from the beginning. */
        private RightEdge reached(SignedHead end) {
            long size = Math.min(progress.read().size(), end.size());
            if (size == 0) {
                return RightEdge.EMPTY;
            }
            try {
                return store.checkpoints(size - 1, size).stream()
                        .findFirst()
                        .map(store::edge)
                        .orElse(RightEdge.EMPTY);
            } catch (BrokenLogException somewhere) {
                // Finds the place; if it finds none, this is what is wrong.
                throw scrubAll().orElse(somewhere);
            }
        }
    }

    @Override
    public void start() {
        Turn fresh = new Turn();
        fresh.thread.setDaemon(true);
        turn = fresh;
        fresh.thread.start();
    }

    @Override
    public void stop() {
        Turn current = turn;
        turn = null;
        if (current == null) {
            return;
        }
        current.stopping.countDown();
        try {
            current.thread.join(LONGEST_STOP.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return turn != null;
    }

    /** Started last and stopped first: nobody waits for it. */
    @Override
    public int getPhase() {
        return 2;
    }
}
