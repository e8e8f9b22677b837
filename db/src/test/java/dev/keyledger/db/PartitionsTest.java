package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionsTest {

    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("'request_nonce_'yyyyMMddHH").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("'audit_record_'yyyyMM").withZone(ZoneOffset.UTC);

    private TestDatabase database;
    private Sql service;
    private Sql owner;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.freshDatabase();
        owner = Sql.asOwner(database);
        service = Sql.asService(database);
    }

    @AfterEach
    void drop() throws SQLException {
        service.close();
        owner.close();
        database.close();
    }

    private List<String> partitionsOf(String table) throws SQLException {
        return owner.query("select inhrelid::regclass::text from pg_inherits where inhparent = '" + table
                + "'::regclass order by 1");
    }

    private Instant databaseNow() throws SQLException {
        return Instant.parse(
                owner.query("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                        .get(0));
    }

    @Test
    void the_coming_hours_and_months_are_there_and_doing_it_again_changes_nothing() throws SQLException {
        Instant before = databaseNow();
        service.execute("select maintain_partitions()");
        List<String> nonces = partitionsOf("request_nonce");
        List<String> audit = partitionsOf("audit_record");

        // The hour or month may turn between the two readings of the clock: what both need is there.
        assertThat(nonces)
                .contains("request_nonce_default")
                .containsAll(Stream.iterate(before, at -> at.plus(1, ChronoUnit.HOURS))
                        .limit(4)
                        .map(HOUR::format)
                        .toList());
        YearMonth month = YearMonth.from(before.atZone(ZoneOffset.UTC));
        assertThat(audit)
                .contains("audit_record_default")
                .containsAll(Stream.of(month, month.plusMonths(1), month.plusMonths(2))
                        .map(each -> MONTH.format(each.atDay(1).atStartOfDay(ZoneOffset.UTC)))
                        .toList());

        service.execute("select maintain_partitions()");
        assertThat(partitionsOf("audit_record")).isEqualTo(audit);
    }

    @Test
    void bounds_are_whole_hours_and_months_of_utc_whatever_the_session_thinks() throws SQLException {
        service.execute("set timezone = 'America/St_Johns'");
        service.execute("select maintain_partitions()");
        owner.execute("set timezone = 'UTC'");
        for (String table : List.of("request_nonce", "audit_record")) {
            for (String bound : owner.query("select pg_get_expr(c.relpartbound, c.oid) from pg_class c"
                    + " join pg_inherits i on i.inhrelid = c.oid where i.inhparent = '" + table + "'::regclass"
                    + " and c.relname not like '%default'")) {
                assertThat(bound)
                        .matches(
                                table.equals("audit_record")
                                        ? "FOR VALUES FROM \\('....-..-01 00:00:00\\+00'\\) TO \\('....-..-01 00:00:00\\+00'\\)"
                                        : "FOR VALUES FROM \\('....-..-.. ..:00:00\\+00'\\) TO \\('....-..-.. ..:00:00\\+00'\\)");
            }
        }
    }

    @Test
    void nonces_older_than_two_windows_are_dropped_with_their_hour() throws SQLException {
        Instant now = databaseNow();
        Instant old = now.truncatedTo(ChronoUnit.HOURS).minus(5, ChronoUnit.HOURS);
        owner.execute("create table " + HOUR.format(old) + " partition of request_nonce for values from ('" + old
                + "') to ('" + old.plus(1, ChronoUnit.HOURS) + "')");
        service.execute("select maintain_partitions()");
        assertThat(partitionsOf("request_nonce"))
                .doesNotContain(HOUR.format(old))
                .contains(HOUR.format(now));
    }

    @Test
    void the_same_nonce_is_refused_within_its_hour_and_nonces_of_a_driven_clock_lie_in_the_default()
            throws SQLException {
        service.execute("select maintain_partitions()");
        String driven =
                "insert into request_nonce (nonce_hash, signed_hour, accepted_at) values ('\\x01', '2031-01-01 10:00+00', %s)";
        service.execute(driven.formatted("clock_timestamp()"));
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                SQLException.class, () -> service.execute(driven.formatted("clock_timestamp()")))
                        .getSQLState())
                .isEqualTo("23505");

        // Machine time alone decides when they go.
        service.execute("select maintain_partitions()");
        assertThat(owner.query("select count(*) from request_nonce_default")).containsExactly("1");
        owner.execute("update request_nonce set accepted_at = clock_timestamp() - interval '3 hours'");
        service.execute("select maintain_partitions()");
        assertThat(owner.query("select count(*) from request_nonce_default")).containsExactly("0");
    }

    @Test
    void audit_partitions_follow_a_driven_clock_and_a_month_the_default_already_holds_is_left_to_it()
            throws SQLException {
        String audit =
                "insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)"
                        + " values (keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success')";
        service.execute("update store_clock set \"offset\" = interval '1000 days'");
        service.execute(audit);
        service.execute("select maintain_partitions()");
        service.execute(audit);
        assertThat(owner.query("select distinct tableoid::regclass::text from audit_record"))
                .containsExactly("audit_record_default");

        service.execute("update store_clock set \"offset\" = interval '1100 days'");
        service.execute("select maintain_partitions()");
        service.execute(audit);
        assertThat(owner.query("select tableoid::regclass::text from audit_record order by recorded_at desc limit 1")
                        .get(0))
                .matches("audit_record_[0-9]{6}");
    }

    @Test
    void one_node_at_a_time_does_it_and_the_others_do_not_wait() throws SQLException {
        owner.execute("begin");
        owner.execute("select pg_advisory_xact_lock(hashtextextended('keyledger.maintain_partitions', 0))");
        service.execute("select maintain_partitions()");
        assertThat(service.query(
                        "select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_record'::regclass"))
                .containsExactly("audit_record_default");
        owner.execute("commit");
    }

    @Test
    void store_time_is_whole_milliseconds_and_never_goes_back() throws SQLException {
        assertThat(
                        service.query(
                                "select count(*) from generate_series(1, 200) where extract(microseconds from keyledger_now())::bigint % 1000 <> 0"))
                .containsExactly("0");
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                SQLException.class,
                                () -> service.execute("update store_clock set \"offset\" = interval '-1 second'"))
                        .getSQLState())
                .isEqualTo("23514");
    }
}
