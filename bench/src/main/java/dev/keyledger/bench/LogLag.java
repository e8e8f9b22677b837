package dev.keyledger.bench;

import dev.keyledger.bench.target.StoreAccess;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks five times a second how old the oldest record without a place in the log is. */
final class LogLag {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final String LAG = """
            select coalesce((
                select extract(epoch from keyledger_now() - recorded_at) from audit_record
                where record_id > (select last_record_id from sequencer) order by record_id limit 1), 0)::float8
            """;

    /** Ordered and limited as above, because the server would look for the mere existence of such a record by reading the whole table. */
    private static final String SETTLED = """
            select (select record_id from audit_record where record_id > (select last_record_id from sequencer)
                    order by record_id limit 1) is null
                and coalesce((select max(size) from log_checkpoint), 0) = (select next_index from sequencer)
            """;

    private final StoreAccess store;
    private final List<Double> millis = new ArrayList<>();
    private @Nullable Thread thread;
    private CountDownLatch ended = new CountDownLatch(0);

    LogLag(StoreAccess store) {
        this.store = store;
    }

    /** Begins to look. */
    void watch() {
        ended = new CountDownLatch(1);
        Thread fresh = new Thread(this::look, "lag");
        thread = fresh;
        fresh.start();
    }

    /** Looks no more. */
    void end() {
        ended.countDown();
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try (Connection connection = store.owner().getConnection();
                PreparedStatement statement = connection.prepareStatement(LAG)) {
            while (!ended.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    millis.add(1000 * row.getDouble(1));
                }
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("the lag cannot be read", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until every record has its place and a checkpoint covers it. */
    void settle() {
        long end = System.nanoTime() + LONGEST.toNanos();
        try (Connection connection = store.owner().getConnection();
                PreparedStatement statement = connection.prepareStatement(SETTLED)) {
            while (System.nanoTime() - end < 0) {
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    if (row.getBoolean(1)) {
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
            throw new IllegalStateException("the log does not catch up");
        } catch (SQLException failed) {
            throw new IllegalStateException("the log cannot be looked at", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the log catches up", stopped);
        }
    }

    /** Median, 99th percentile and maximum, in milliseconds. */
    String text() {
        List<Double> sorted = millis.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%.0f / %.0f / %.0f",
                sorted.get(sorted.size() / 2),
                sorted.get((int) (sorted.size() * 0.99)),
                sorted.get(sorted.size() - 1));
    }
}
