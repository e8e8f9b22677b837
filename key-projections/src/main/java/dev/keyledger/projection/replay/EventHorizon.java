package dev.keyledger.projection.replay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A place among the events below which nothing can appear any more.
 *
 * <p>Places are drawn before their transactions commit, so they become visible out of order. Unlike the writers of audit records (ADR 0015) those
 * of events may have no transaction id yet when they draw one; but they hold their lock on the table already. So the last place is read
 * first and the holders of that lock second: whoever drew a place up to that one is among them, or has ended. The lock is let go after the
 * transaction's rows have become visible.
 */
final class EventHorizon {

    private static final long POLL_MILLIS = 2;
    private static final long PATIENCE_SECONDS = 120;

    private static final String WRITERS = """
            select virtualtransaction || '/' || pid from pg_locks
            where locktype = 'relation' and relation = 'public.domain_event'::regclass and mode = 'RowExclusiveLock' and granted
                and database = (select oid from pg_database where datname = current_database())
            """;

    private EventHorizon() {}

    /**
     * Waits until every event up to the last place drawn is visible or never will be. Nobody waits for us.
     *
     * @param connection one that commits by itself, for each look is to see what is committed by then
     * @return that place; 0 if there is no event
     */
    static long await(Connection connection) throws SQLException {
        long last = lastPlace(connection);
        Set<String> writers = writers(connection);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!writers.isEmpty()) {
            pause();
            writers.retainAll(writers(connection));
            if (System.nanoTime() - end > 0) {
                throw new ReplayException("A transaction that adds events does not end (" + String.join(", ", writers)
                        + " in pg_locks); end it, and say the same again: the replay goes on where it was.");
            }
        }
        return last;
    }

    private static long lastPlace(Connection connection) throws SQLException {
        // Read from the sequence itself: the last row that can be seen may not be the last one drawn.
        try (PreparedStatement statement = connection.prepareStatement(
                        "select case when is_called then last_value else 0 end from public.domain_event_global_index_seq");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Set<String> writers(Connection connection) throws SQLException {
        Set<String> writers = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(WRITERS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                writers.add(rows.getString(1));
            }
        }
        return writers;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ReplayException("The replay was interrupted.", interrupted);
        }
    }
}
