package dev.keyledger.api.startup;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a PostgreSQL server must promise before Keyledger acknowledges anything on it. */
final class ServerAssertions {

    private static final int OLDEST_VERSION = 170_000;
    private static final Duration LARGEST_CLOCK_OFFSET = Duration.ofSeconds(2);

    private final JdbcClient jdbc;
    private final InstantSource machineClock;

    ServerAssertions(JdbcClient jdbc, InstantSource machineClock) {
        this.jdbc = jdbc;
        this.machineClock = machineClock;
    }

    /**
     * Checks the server.
     *
     * @return warnings: things that are allowed but not fit for production
     * @throws StartupFailure if an acknowledged change could be lost or time could not be trusted
     */
    List<String> check() {
        int version = Integer.parseInt(setting("server_version_num"));
        if (version < OLDEST_VERSION) {
            throw new StartupFailure("The database is PostgreSQL " + setting("server_version")
                    + "; Keyledger needs version 17 or later (18 is recommended).");
        }
        for (String durable : List.of("fsync", "full_page_writes")) {
            if (!setting(durable).equals("on")) {
                throw new StartupFailure("The database runs with " + durable
                        + " off, so acknowledged changes could be lost; switch it on in postgresql.conf.");
            }
        }
        if (setting("synchronous_commit").equals("off")) {
            throw new StartupFailure(
                    "The database role runs with synchronous_commit off, so acknowledged changes could be lost; switch it on.");
        }
        if (jdbc.sql("select pg_is_in_recovery()").query(Boolean.class).single()) {
            throw new StartupFailure("The database is a standby in recovery; point KEYLEDGER_DB_URL at the primary.");
        }
        checkClock();
        List<String> warnings = new ArrayList<>();
        if (!setting("data_checksums").equals("on")) {
            warnings.add("the database has no data checksums: silent corruption on disk would go unnoticed");
        }
        boolean standby = jdbc.sql("select exists (select from pg_stat_replication)")
                .query(Boolean.class)
                .single();
        if (standby && setting("synchronous_standby_names").isEmpty()) {
            warnings.add(
                    "the database has a standby but synchronous_standby_names is empty: a failover may lose acknowledged changes");
        }
        return warnings;
    }

    private void checkClock() {
        Instant before = machineClock.instant();
        Instant database = jdbc.sql("select clock_timestamp()")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
        Instant after = machineClock.instant();
        Duration offset = database.isBefore(before)
                ? Duration.between(database, before)
                : database.isAfter(after) ? Duration.between(after, database) : Duration.ZERO;
        if (offset.compareTo(LARGEST_CLOCK_OFFSET) >= 0) {
            throw new StartupFailure("The clocks of this machine and of the database are " + offset.toMillis()
                    + " ms apart; synchronise them to within " + LARGEST_CLOCK_OFFSET.toMillis() + " ms.");
        }
    }

    private String setting(String name) {
        return jdbc.sql("select coalesce(current_setting(:name, true), '')")
                .param("name", name)
                .query(String.class)
                .single();
    }
}
