package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** On a real server, with the system functions it is asked through replaced, in a schema that is searched first. */
class ServerAssertionsTest {

    private TestDatabase database;
    private SingleConnectionDataSource connection;
    private JdbcClient jdbc;

    @BeforeEach
    void open() {
        database = TestPostgres.emptyDatabase();
        connection =
                new SingleConnectionDataSource(database.url(), database.ownerUser(), database.ownerPassword(), true);
        jdbc = JdbcClient.create(connection);
        jdbc.sql("create schema disguise").update();
        jdbc.sql("set search_path = disguise, pg_catalog, public").update();
    }

    @AfterEach
    void drop() {
        connection.destroy();
        database.close();
    }

    private void disguise(String setting, String value) {
        jdbc.sql("create function disguise.current_setting(text, boolean) returns text language sql as $$"
                        + " select case $1 when '" + setting + "' then '" + value
                        + "' else pg_catalog.current_setting($1, $2) end $$")
                .update();
    }

    private List<String> check() {
        return new ServerAssertions(jdbc, InstantSource.system()).check();
    }

    private void refused(String sentence) {
        assertThatExceptionOfType(StartupFailure.class).isThrownBy(this::check).withMessageContaining(sentence);
    }

    @Test
    void the_embedded_server_keeps_every_promise() {
        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        fsync              | off    | fsync off
        full_page_writes   | off    | full_page_writes off
        synchronous_commit | off    | synchronous_commit off
        server_version_num | 160009 | needs version 17 or later
        """)
    void a_server_that_may_lose_what_was_acknowledged_is_refused(String setting, String value, String sentence) {
        disguise(setting, value);
        refused(sentence);
    }

    @Test
    void a_role_that_does_not_wait_for_the_disk_is_refused() {
        jdbc.sql("set synchronous_commit = off").update();
        refused("synchronous_commit off");
    }

    @Test
    void a_standby_is_refused() {
        jdbc.sql("create function disguise.pg_is_in_recovery() returns boolean language sql as 'select true'")
                .update();
        refused("point KEYLEDGER_DB_URL at the primary");
    }

    @Test
    void clocks_that_are_two_seconds_apart_are_refused_either_way() {
        for (Duration offset : List.of(Duration.ofSeconds(3), Duration.ofSeconds(-3))) {
            assertThatExceptionOfType(StartupFailure.class)
                    .isThrownBy(
                            () -> new ServerAssertions(jdbc, () -> Instant.now().plus(offset)).check())
                    .withMessageContaining("ms apart; synchronise them");
        }
    }

    @Test
    void missing_checksums_and_an_asynchronous_standby_are_warnings() {
        disguise("data_checksums", "off");
        assertThat(check()).singleElement().asString().contains("no data checksums");

        jdbc.sql("create view disguise.pg_stat_replication as select 1 as pid").update();
        assertThat(check()).hasSize(2).last().asString().contains("synchronous_standby_names is empty");
    }
}
