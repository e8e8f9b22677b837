package dev.keyledger.api.adapter.report;

import dev.keyledger.projection.report.FollowedReport;
import dev.keyledger.projection.report.ReportTurn;
import dev.keyledger.projection.report.ReportTurn.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one report told what is new, on a thread of its own, because a report may take its time and must not keep the others from theirs. Looks
 * every second, and sooner if somebody says that there is something.
 */
final class Follower implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** Between two turns that reach the end of the log. After one of many records it is a second, so that a busy log is read by many and not by few. */
    private static final Duration AFTER_A_TURN = Duration.ofMillis(200);

    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    /** What a turn should last at most: the sequencer waits for transactions that are older than its own. */
    private static final Duration LONG = Duration.ofMillis(200);

    private static final Duration SHORT = Duration.ofMillis(50);

    private final FollowedReport report;
    private final DataSource dataSource;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private int limit = ReportTurn.MOST;
    private int failures;
    private boolean refused;

    Follower(FollowedReport report, DataSource dataSource) {
        this.report = report;
        this.dataSource = dataSource;
        this.thread = new Thread(this, "report " + report.name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Says that there may be something new. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** Asks it to end after its turn. */
    void stop() {
        stopping.countDown();
        news.release();
    }

    /** Waits for its end; answers whether it came. Never interrupted: a report would take that for a fault of its record. */
    boolean join(Duration patience) throws InterruptedException {
        thread.join(patience.toMillis());
        return !thread.isAlive();
    }

    @Override
    public void run() {
        try {
            while (stopping.getCount() > 0) {
                rest(turn());
            }
        } catch (InterruptedException unexpected) {
            Thread.currentThread().interrupt();
            LOG.warn("report {} was interrupted and is told nothing more by this node", report.name());
        }
    }

    /** How long to rest after a turn: at least so long, and then until there is news, at most so long. */
    private record Rest(Duration least, Duration most) {}

    private Rest turn() {
        long begun = System.nanoTime();
        try (Connection connection = dataSource.getConnection()) {
            Outcome outcome = ReportTurn.take(report, connection, limit);
            failures = 0;
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            adapt(outcome, took);
            notice(outcome);
            return switch (outcome) {
                // As long as it worked: half of what a report can do is left to those who use keys.
                case MORE -> new Rest(took, took);
                case UP_TO_DATE -> new Rest(AFTER_A_TURN, BETWEEN_LOOKS);
                case UP_TO_DATE_WITH_MANY -> new Rest(BETWEEN_LOOKS, BETWEEN_LOOKS);
                case NOTHING_NEW -> new Rest(Duration.ZERO, BETWEEN_LOOKS);
                case BUSY, STANDING, NOT_OURS -> new Rest(BETWEEN_LOOKS, BETWEEN_LOOKS);
            };
        } catch (SQLException | RuntimeException | Error failed) {
            return backOff(failed);
        }
    }

    private void adapt(Outcome outcome, Duration took) {
        if (took.compareTo(LONG) > 0) {
            limit = Math.max(1, limit / 2);
        } else if (outcome == Outcome.MORE && took.compareTo(SHORT) < 0) {
            limit = Math.min(ReportTurn.MOST, limit * 2);
        }
    }

    private void notice(Outcome outcome) {
        boolean now = outcome == Outcome.NOT_OURS || outcome == Outcome.STANDING;
        if (now && !refused) {
            LOG.warn(
                    outcome == Outcome.STANDING
                            ? "report {} stands still: too many records are parked"
                            : "report {} is not told by this node: its tables belong to another version",
                    report.name());
        }
        refused = now;
    }

    private Rest backOff(Throwable failed) {
        // Once, and not at every attempt while the database is away; its text may quote values.
        if (failures == 0) {
            LOG.warn(
                    "report {} is not told by this node at present: {}",
                    report.name(),
                    failed instanceof SQLException sql
                            ? failed.getClass().getSimpleName() + " " + sql.getSQLState()
                            : failed.getClass().getSimpleName());
        }
        failures = Math.min(failures + 1, 10);
        limit = Math.max(1, limit / 2);
        Duration pause = BETWEEN_LOOKS.multipliedBy(1L << (failures - 1));
        Duration rest = pause.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : pause;
        return new Rest(rest, rest);
    }

    private void rest(Rest rest) throws InterruptedException {
        boolean over = stopping.await(rest.least().toNanos(), TimeUnit.NANOSECONDS);
        if (!over) {
            var unused = news.tryAcquire(rest.most().minus(rest.least()).toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
