package dev.keyledger.bench.bare;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Commits in a loop without any service: how fast the database is through the service's own driver and pool. */
public final class BareCommits {

    private BareCommits() {}

    /** One transaction of a loop, with whatever it commits. One for each connection. */
    @FunctionalInterface
    public interface Work {

        /** Does the work and commits it. */
        void commit(Connection connection) throws SQLException;
    }

    /** Makes the work of one connection. */
    @FunctionalInterface
    public interface Works {

        Work next();
    }

    /**
     * What was measured.
     *
     * @param perSecond transactions a second of all connections together
     * @param latencies of a transaction with the time to get its connection from the pool, in nanoseconds
     */
    public record Result(double perSecond, Histogram latencies) {

        /** A percentile in milliseconds. */
        public double millisAt(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** Audit records and nonces as the service's uses write them, so many in each commit. */
    public static Works journalRows(int rows) {
        return () -> {
            JournalRows journal = new JournalRows();
            return connection -> journal.commit(connection, rows);
        };
    }

    /** Runs the loops for that long. */
    public static Result run(DataSource connections, int threads, Duration length, Works works) {
        List<Histogram> histograms = new ArrayList<>();
        List<Thread> all = new ArrayList<>();
        AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
        long begun = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            Histogram histogram = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
            histograms.add(histogram);
            Work work = works.next();
            Thread thread = new Thread(
                    () -> {
                        try {
                            loop(connections, work, histogram, begun + length.toNanos());
                        } catch (SQLException failed) {
                            failure.compareAndSet(null, failed);
                        }
                    },
                    "bare-" + i);
            all.add(thread);
            thread.start();
        }
        join(all);
        double seconds = (System.nanoTime() - begun) / 1e9;
        SQLException failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("the bare work failed", failed);
        }
        Histogram sum = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        histograms.forEach(sum::add);
        return new Result(sum.getTotalCount() / seconds, sum);
    }

    private static void loop(DataSource connections, Work work, Histogram histogram, long end) throws SQLException {
        for (long now = System.nanoTime(); now - end < 0; ) {
            try (Connection connection = connections.getConnection()) {
                work.commit(connection);
            }
            long after = System.nanoTime();
            histogram.recordValue(after - now);
            now = after;
        }
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", stopped);
        }
    }
}
