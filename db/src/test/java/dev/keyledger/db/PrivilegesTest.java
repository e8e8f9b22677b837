package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service adds facts and never changes them, whatever it is made to send. */
class PrivilegesTest {

    private static final String AUDIT = "insert into audit_record"
            + " (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)"
            + " values (keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success')";

    private static TestDatabase database;
    private static Sql service;
    private static Sql owner;

    @BeforeAll
    static void open() throws SQLException {
        database = TestPostgres.freshDatabase();
        owner = Sql.asOwner(database);
        service = Sql.asService(database);
        owner.execute("select maintain_partitions()");
        service.execute(AUDIT);
        service.execute(
                "insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number,"
                        + " payload_type, payload_revision, time_stamp, payload, meta_data)"
                        + " values ('e', 'key', 'k', 0, 't', '1', '2026-11-24T10:00:00Z', '{}', '{}')");
    }

    @AfterAll
    static void drop() throws SQLException {
        service.close();
        owner.close();
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_record set outcome = 'Failed'",
                "delete from audit_record",
                "truncate audit_record",
                "update domain_event set payload = ''",
                "delete from domain_event",
                "truncate domain_event",
                "update audit_index set log_index = log_index + 1",
                "delete from audit_index",
                "truncate audit_index",
                "update log_identity set origin = 'another.example'",
                "delete from log_identity",
                "update log_tile set tile_index = tile_index + 1",
                "delete from log_tile",
                "truncate log_tile",
                "update log_checkpoint set note = ''",
                "delete from log_checkpoint",
                "truncate log_checkpoint",
                "insert into sequencer (singleton) values (true)",
                "delete from sequencer",
                "truncate sequencer",
                "insert into report (name, version) values ('mine', 1)",
                "delete from report",
                "truncate report",
                "truncate report_parked",
                "drop table domain_event",
                "alter table audit_record add column more text",
                "create table more (id int)",
                "update flyway_schema_history set success = true",
                "delete from flyway_schema_history",
                "alter table audit_record detach partition audit_record_default",
                "create index on audit_record (action)",
                "create function public.keyledger_now2() returns int language sql as 'select 1'",
                "set session_replication_role = replica",
                "alter table domain_event disable trigger all"
            })
    void the_service_cannot_change_what_was_recorded(String statement) {
        refused(statement);
    }

    @Test
    void not_even_through_the_partitions() throws SQLException {
        List<String> partitions = owner.query(
                "select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_record'::regclass");
        assertThat(partitions).hasSizeGreaterThanOrEqualTo(4).contains("audit_record_default");
        for (String partition : partitions) {
            refused("update " + partition + " set outcome = 'Failed'");
            refused("delete from " + partition);
            refused("truncate " + partition);
            refused("insert into " + partition + " select * from audit_record");
        }
    }

    @Test
    void partitions_made_later_are_closed_as_well() throws SQLException {
        service.execute("update store_clock set \"offset\" = interval '400 days'");
        service.execute("select maintain_partitions()");
        service.execute(AUDIT);
        List<String> made = owner.query("select tableoid::regclass::text from audit_record order by recorded_at desc");
        assertThat(made.get(0)).matches("audit_record_[0-9]{6}");
        refused("delete from " + made.get(0));
        refused("update audit_record set outcome = 'Failed'");
        owner.execute("update store_clock set \"offset\" = interval '0'");
    }

    @Test
    void running_the_script_again_takes_nothing_away_and_gives_nothing_more() throws SQLException {
        String grants =
                "select grantee || ' ' || table_name || ' ' || privilege_type from information_schema.role_table_grants"
                        + " where grantee = 'keyledger' order by 1";
        List<String> before = owner.query(grants);
        try (var script = PrivilegesTest.class.getResourceAsStream("/db/privileges.sql")) {
            owner.execute(new String(script.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .replace("${service_role}", "keyledger"));
        } catch (java.io.IOException unreadable) {
            throw new AssertionError(unreadable);
        }
        assertThat(owner.query(grants)).isEqualTo(before);
        assertThat(before)
                .contains(
                        "keyledger audit_record INSERT",
                        "keyledger audit_record SELECT",
                        "keyledger audit_index INSERT",
                        "keyledger log_tile INSERT",
                        "keyledger log_checkpoint INSERT",
                        "keyledger log_anchor UPDATE",
                        "keyledger sequencer UPDATE",
                        "keyledger key_material DELETE")
                .doesNotContain("keyledger audit_record UPDATE", "keyledger domain_event DELETE");
    }

    @Test
    void the_service_reads_and_adds() throws SQLException {
        assertThat(service.query("select count(*) from audit_record where action = 'Test'")
                        .get(0))
                .isNotEqualTo("0");
        assertThat(service.query("select aggregate_identifier from domain_event"))
                .containsExactly("k");
    }

    private static void refused(String statement) {
        assertThatExceptionOfType(SQLException.class)
                .as(statement)
                .isThrownBy(() -> service.execute(statement))
                .satisfies(refusal -> assertThat(refusal.getSQLState()).isEqualTo("42501"));
    }
}
