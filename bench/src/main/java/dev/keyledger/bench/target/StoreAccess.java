package dev.keyledger.bench.target;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.startup.ServicePools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The embedded database of a running node, found as its documentation says: passwords lie in files of its directory, the port is line 4 of
 * the server's own file.
 *
 * @param directory the database directory, {@code postgres} in the node's data directory
 * @param database name of the database on that server
 */
public record StoreAccess(Path directory, String database) {

    /** The node's own database. */
    public static StoreAccess in(Path directory) {
        return new StoreAccess(directory, "keyledger");
    }

    private static final String SERVICE = "keyledger";
    private static final String OWNER = "keyledger_owner";
    private static final String SUPERUSER = "postgres";

    private List<String> postmaster() {
        return lines(directory.resolve("cluster/postmaster.pid"));
    }

    /** Process of the database server. */
    public long pid() {
        return Long.parseLong(postmaster().get(0).strip());
    }

    /** JDBC URL without credentials. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + postmaster().get(3).strip() + "/" + database;
    }

    /** A pool with exactly the service's driver and pool settings. */
    public HikariDataSource servicePool(int size) {
        return ServicePools.open(url(), SERVICE, password(SERVICE), size);
    }

    /** Connections of the role that owns the schema, without the service's limits. */
    public DataSource owner() {
        return new DriverManagerDataSource(url(), OWNER, password(OWNER));
    }

    /** One connection of the superuser, for settings of the server. */
    private Connection superuser() throws SQLException {
        return DriverManager.getConnection(url(), SUPERUSER, password(SUPERUSER));
    }

    /**
     * Another database on the same server with the service's schema and rights, for work that no node should notice. It is made anew.
     */
    public StoreAccess besides(String name) {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + name);
            statement.execute("create database " + name + " owner " + OWNER);
        } catch (SQLException failed) {
            throw new IllegalStateException("the database " + name + " cannot be made", failed);
        }
        StoreAccess other = new StoreAccess(directory, name);
        ServicePools.migrate(other.url(), SERVICE, password(SERVICE), OWNER, password(OWNER));
        return other;
    }

    /**
     * Makes every commit take longer, as it would on a slower disk: whoever writes the log waits before he makes it durable, and all who
     * commit meanwhile go with him. It holds for every connection, those of a running node too.
     *
     * @param micros 0 for the disk as it is
     */
    public void delayCommits(int micros) {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set commit_delay = " + micros);
            // However few are committing at the moment.
            statement.execute("alter system set commit_siblings = 0");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException failed) {
            throw new IllegalStateException("the server's settings cannot be changed", failed);
        }
    }

    /** Writes everything out, so that no earlier work is finished at the cost of what is measured. */
    public void checkpoint() {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException failed) {
            throw new IllegalStateException("no checkpoint", failed);
        }
    }

    /** Drops the indexes by which questions to the audit log are answered, as if nobody asked. */
    public void dropLogIndexes() {
        try (Connection connection = owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "drop index audit_record_key, audit_record_second_key, audit_record_more_keys, audit_record_principal");
        } catch (SQLException failed) {
            throw new IllegalStateException("the indexes of the log cannot be dropped", failed);
        }
    }

    /**
     * Makes the audit log stand still: its indexes are dropped, and the right to give records their places is taken from the node and kept, so
     * that nothing is numbered or signed.
     */
    public StoppedLog stopLog() {
        dropLogIndexes();
        try {
            Connection connection = superuser();
            try (Statement statement = connection.createStatement()) {
                statement.execute("""
                        select pg_terminate_backend(pid) from pg_locks
                        where locktype = 'advisory' and granted
                            and (classid::bigint << 32 | objid::bigint) = hashtextextended('keyledger.sequencer', 0)
                        """);
                statement.execute("select pg_advisory_lock(hashtextextended('keyledger.sequencer', 0))");
            }
            return new StoppedLog(connection, numbered());
        } catch (SQLException failed) {
            throw new IllegalStateException("the log does not stand still", failed);
        }
    }

    private long numbered() throws SQLException {
        try (Connection connection = owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select next_index from sequencer")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** An audit log that nobody numbers, as long as this is open. */
    public final class StoppedLog implements AutoCloseable {

        private final Connection lock;
        private final long size;

        private StoppedLog(Connection lock, long size) {
            this.lock = lock;
            this.size = size;
        }

        /** Makes sure that the log did not grow. */
        public void requireStill() {
            try {
                if (numbered() != size) {
                    throw new IllegalStateException("the log that was to stand still has grown");
                }
            } catch (SQLException failed) {
                throw new IllegalStateException("the log cannot be looked at", failed);
            }
        }

        @Override
        public void close() {
            try {
                lock.close();
            } catch (SQLException failed) {
                throw new IllegalStateException("the lock is not given back", failed);
            }
        }
    }

    private String password(String role) {
        return lines(directory.resolve(role + ".password")).get(0).strip();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
