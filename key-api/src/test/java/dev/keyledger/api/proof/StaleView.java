package dev.keyledger.api.proof;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The fault that is refused on principle: a login for a node whose sessions see a copy of {@code key_state} that is renewed every so often,
 * as a node with a cache of states would. Everything else of the store is the real thing.
 */
final class StaleView implements AutoCloseable {

    private final TestDatabase stale;
    private final Connection refresher;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private StaleView(TestDatabase stale, Connection refresher) {
        this.stale = stale;
        this.refresher = refresher;
    }

    /** Makes the copy in this database and starts to renew it. */
    static StaleView of(TestDatabase database, Duration age) {
        String role = "stale_" + UUID.randomUUID().toString().replace('-', '_');
        String password = UUID.randomUUID().toString();
        TestPostgres.administer("create role " + role + " login password '" + password + "'");
        TestPostgres.administer("alter role " + role + " set search_path = stale, public");
        try {
            Connection owner =
                    DriverManager.getConnection(database.url(), database.ownerUser(), database.ownerPassword());
            execute(owner, "create schema stale");
            execute(owner, "create table stale.key_state (like public.key_state)");
            execute(owner, "grant usage on schema stale to " + role);
            execute(owner, "grant select, insert, update, delete on stale.key_state to " + role);
            execute(owner, "set synchronous_commit = off");
            StaleView view = new StaleView(
                    new TestDatabase(database.url(), database.ownerUser(), database.ownerPassword(), role, password),
                    owner);
            var unused = view.clock.scheduleWithFixedDelay(view::renew, 0, age.toNanos(), TimeUnit.NANOSECONDS);
            return view;
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void renew() {
        try {
            execute(
                    refresher,
                    "with gone as (delete from stale.key_state) insert into stale.key_state select * from public.key_state");
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The database as the node with the cache is told to use it. */
    TestDatabase database() {
        return stale;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            refresher.close();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
