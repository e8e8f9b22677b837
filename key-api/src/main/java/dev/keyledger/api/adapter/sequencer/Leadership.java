package dev.keyledger.api.adapter.sequencer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to give numbers: a lock of one session of the database, which is lost with the session and with nothing else. It keeps nodes from
 * getting in each other's way; that two of them never write is the epoch's business.
 */
final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    /**
     * A leader asks the database something several times a second. One that did not for so long is dead, frozen or cut off, and the server ends
     * its session, whatever the network still believes.
     */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(4);

    private final Connection connection;
    private boolean released;

    private Leadership(Connection connection) {
        this.connection = connection;
    }

    /** Takes the right if nobody has it. */
    static Optional<Leadership> tryToTake(DataSource dataSource) throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            if (!lock(connection)) {
                connection.close();
                return Optional.empty();
            }
            Leadership taken = new Leadership(connection);
            taken.prepareSession();
            return Optional.of(taken);
        } catch (SQLException | RuntimeException failed) {
            discard(connection);
            throw failed;
        }
    }

    private static boolean lock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select pg_try_advisory_lock(hashtextextended('keyledger.sequencer', 0))");
                ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void prepareSession() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set idle_session_timeout = " + LONGEST_SILENCE.toMillis());
            // One plan for a table that grows: whatever its statistics say, records are found by their number.
            statement.execute("set enable_seqscan = off");
        }
    }

    /** The session that has the lock; commits by itself. */
    Connection connection() {
        return connection;
    }

    /** Gives the right up in good order: the session is as it was, and goes back to its pool. */
    void release() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("reset all");
            statement.execute("select pg_advisory_unlock_all()");
        }
        connection.close();
        released = true;
    }

    /** Gives the right up whatever has happened. */
    @Override
    public void close() {
        if (!released) {
            discard(connection);
        }
    }

    /** A session in an unknown state ends, and with it the lock: a pooled one that still had it would keep every node from leading. */
    private static void discard(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException gone) {
            LOG.debug("the session was over already: {}", gone.getSQLState());
        }
    }
}
