package dev.keyledger.api.adapter.timer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Keeps two nodes from doing the same upkeep at once: a session lock of the database, which a killed node loses with its connection. No
 * clock is involved.
 */
@Component
class UpkeepLease {

    /** Work done under the lease. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    private final DataSource dataSource;

    UpkeepLease(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Does the work unless another node is at it. Holds a connection of its own for as long as the work takes.
     *
     * @return whether the work was done
     */
    boolean ifFree(String name, Work work) throws SQLException, InterruptedException {
        try (Connection connection = dataSource.getConnection()) {
            if (!call(connection, "select pg_try_advisory_lock(hashtextextended(?, 0))", name)) {
                return false;
            }
            try {
                work.run();
                return true;
            } finally {
                unlock(connection, name);
            }
        }
    }

    private static void unlock(Connection connection, String name) throws SQLException {
        boolean released = false;
        try {
            released = call(connection, "select pg_advisory_unlock(hashtextextended(?, 0))", name);
        } finally {
            if (!released) {
                // A pooled connection that still had the lock would keep every node from this work.
                connection.abort(Runnable::run);
            }
        }
    }

    private static boolean call(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, "keyledger upkeep " + name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
