package dev.keyledger.api.adapter.sequencer;

import dev.keyledger.projection.sequencer.IndexListener;
import dev.keyledger.projection.sequencer.SequencerTerm;
import dev.keyledger.projection.sequencer.SequencerTerm.Outcome;
import dev.keyledger.projection.sequencer.SequencerTerm.Step;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * This node's part in numbering the audit records: it tries to become the one that does, does it as long as it is, and tries again when it no
 * longer is. The leader looks for new records ten times a second, four times while there are many, and goes on at once while there are more
 * than it takes at a time; the others ask for the lead once a second. A change that was committed has the leader look sooner.
 */
@Component
class SequencerRunner implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SequencerRunner.class);

    /** Started early and stopped late, so that what the others still record while they stop gets its number too. */
    static final int PHASE = -2;

    /** Between two looks for new records; a part of every record's lag. */
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    /** Between two looks after one that found {@link #MANY}: what a look costs apart from its records is then shared by more of them. */
    static final Duration BETWEEN_BUSY_LOOKS = Duration.ofMillis(250);

    /** Records of one look. Fewer than that cost little, however they are divided. */
    static final int MANY = 100;

    /** Between two looks that changes asked for: each costs the store a transaction, and a hundred changes a second need no hundred of them. */
    private static final Duration BETWEEN_CHANGES = Duration.ofMillis(20);

    /** Between two looks whether older transactions are over, which takes them some milliseconds. */
    private static final Duration BETWEEN_GLANCES = Duration.ofMillis(5);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    /** What has no number by then gets it from another node or at the next start. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    /** A statement that the network swallowed ends with its time limit. */
    private static final Duration LONGEST_END = Duration.ofSeconds(8);

    private final DataSource dataSource;
    private final List<IndexListener> listeners;
    private final Counter numbered;
    private final SequencerWake wake;
    private volatile boolean leading;
    private volatile @Nullable Turn turn;
    private boolean failing;

    SequencerRunner(DataSource dataSource, List<IndexListener> listeners, SequencerWake wake, MeterRegistry registry) {
        this.dataSource = dataSource;
        this.wake = wake;
        this.listeners = listeners;
        this.numbered = Counter.builder("keyledger.sequencer.numbered")
                .description("Audit records that this node gave their place in the log")
                .baseUnit("records")
                .register(registry);
        Gauge.builder("keyledger.sequencer.leader", () -> leading ? 1 : 0)
                .description("1 on the node that gives audit records their place in the log, 0 elsewhere")
                .register(registry);
    }

    /** Whether this node gives the numbers at present, as far as it knows. */
    boolean leads() {
        return leading;
    }

    /** From a start to a stop. */
    private final class Turn implements Runnable {

        private final CountDownLatch stopping = new CountDownLatch(1);
        private final Thread thread = new Thread(this, "sequencer");
        private final Semaphore changes = new Semaphore(0);
        private volatile long stopAt;

        private void begin() {
            thread.setDaemon(true);
            thread.start();
        }

        private void end() throws InterruptedException {
            stopAt = System.nanoTime() + LONGEST_STOP.toNanos();
            stopping.countDown();
            look();
            thread.join(LONGEST_END.toMillis());
            if (thread.isAlive()) {
                LOG.warn("the sequencer did not end within {} seconds", LONGEST_END.toSeconds());
            }
        }

        private boolean isStopping() {
            return stopping.getCount() == 0;
        }

        private boolean isLate() {
            return isStopping() && System.nanoTime() - stopAt > 0;
        }

        /** Waits, and no longer than until the node stops. */
        private void pause(Duration pause) throws InterruptedException {
            var unused = stopping.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        }

        /** Has the leader look for records soon. */
        private void look() {
            if (changes.availablePermits() == 0) {
                changes.release();
            }
        }

        /** Waits until it is time for the next look, which a change brings forward. */
        private void awaitChanges(Duration longest) throws InterruptedException {
            // Whatever is told from here on asks for a look after this one.
            pause(BETWEEN_CHANGES);
            if (!isStopping()) {
                var unused = changes.tryAcquire(longest.minus(BETWEEN_CHANGES).toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void run() {
            try {
                while (!isStopping()) {
                    attempt();
                    pause(BETWEEN_ATTEMPTS);
                }
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt();
                LOG.warn("the sequencer was interrupted");
            }
        }

        private void attempt() throws InterruptedException {
            try {
                Optional<Leadership> taken = Leadership.tryToTake(dataSource);
                if (taken.isPresent()) {
                    try (Leadership leadership = taken.get()) {
                        lead(SequencerTerm.begin(leadership.connection()));
                        leadership.release();
                    }
                }
                failing = false;
            } catch (SQLException | RuntimeException failed) {
                // Once, and not every second while the database is away; its text may quote values.
                if (!failing) {
                    LOG.warn("no audit records are numbered by this node: {}", kind(failed));
                }
                failing = true;
            }
        }

        private void lead(SequencerTerm term) throws SQLException, InterruptedException {
            LOG.debug(
                    "this node numbers the audit records from {} on, epoch {}",
                    term.head().size(),
                    term.epoch());
            leading = true;
            tell(listener -> listener.begun(term.epoch(), term.head()));
            wake.leads(this::look);
            try {
                while (!isLate()) {
                    Step step = term.step();
                    failing = false;
                    if (step.records() > 0) {
                        numbered.increment(step.records());
                        tell(listener -> listener.grown(term.head()));
                    }
                    if (step.events() > 0) {
                        tell(listener -> listener.eventsPlaced(term.head()));
                    }
                    if (step.outcome() == Outcome.SUPERSEDED) {
                        LOG.warn("another node numbers the audit records now; this one was silent for too long");
                        return;
                    }
                    if (isStopping() && step.outcome() == Outcome.NOTHING_NEW) {
                        return;
                    }
                    rest(step);
                }
            } finally {
                wake.leadsNoLonger();
                leading = false;
            }
        }

        private void rest(Step step) throws InterruptedException {
            switch (step.outcome()) {
                case MORE_TO_DO, SUPERSEDED -> {}
                // Also while stopping, or it would ask without a pause.
                case OLDER_TRANSACTIONS -> LockSupport.parkNanos(BETWEEN_GLANCES.toNanos());
                case NOTHING_NEW, UP_TO_DATE -> awaitChanges(untilNextLook(step.records()));
            }
        }
    }

    /** How long to rest once every record has its number. */
    static Duration untilNextLook(int records) {
        return records >= MANY ? BETWEEN_BUSY_LOOKS : BETWEEN_LOOKS;
    }

    private void tell(Consumer<IndexListener> news) {
        for (IndexListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException failed) {
                // What is committed stays so; who was told in vain asks for the head or is told of the next one.
                LOG.warn("{} failed at new records: {}", listener.getClass().getSimpleName(), kind(failed));
            }
        }
    }

    private static String kind(Exception failed) {
        return failed instanceof SQLException sql
                ? failed.getClass().getSimpleName() + " " + sql.getSQLState()
                : failed.getClass().getSimpleName();
    }

    @Override
    public void start() {
        Turn fresh = new Turn();
        turn = fresh;
        fresh.begin();
    }

    @Override
    public void stop() {
        Turn current = turn;
        turn = null;
        if (current != null) {
            try {
                current.end();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return turn != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
