package dev.keyledger.api.adapter.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's processes at the other ends of a pool's connections. One whose connection is lost goes on until it notices, and would record
 * as done what is recorded as failed meanwhile; so it is ended before anything else is said about its work. Thread-safe.
 */
final class ServerProcesses {

    private static final Logger LOG = LoggerFactory.getLogger(ServerProcesses.class);

    /** How long a process may take to end; it looks for the order to do so wherever it waits. */
    private static final long ENDING_MILLIS = 1_000;

    private final DataSource pool;
    private final Map<Connection, Integer> known = Collections.synchronizedMap(new WeakHashMap<>());

    ServerProcesses(DataSource pool) {
        this.pool = pool;
    }

    /** Process id of the connection's other end; asked once for each physical connection. */
    int of(Connection connection) throws SQLException {
        Connection physical = connection.unwrap(Connection.class);
        Integer process = known.get(physical);
        if (process == null) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
                row.next();
                process = row.getInt(1);
            }
            known.put(physical, process);
        }
        return process;
    }

    /** When this returns, the process has committed or never will, or the database cannot be reached anyway. */
    void end(int process) {
        try (Connection other = pool.getConnection();
                PreparedStatement end = other.prepareStatement("select pg_terminate_backend(?, ?)")) {
            end.setInt(1, process);
            end.setLong(2, ENDING_MILLIS);
            end.execute();
        } catch (SQLException unreachable) {
            LOG.warn(
                    "what became of the work of a lost connection is not known: SQL state {}",
                    unreachable.getSQLState());
        }
    }
}
