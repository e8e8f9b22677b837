package dev.keyledger.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.replay.ReplayProgress.Step;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The replay as an operator types it, on an external database that a node has left. */
class ReplayCommandTest {

    private static TestDatabase database;
    private static JdbcClient sql;

    @TempDir
    private Path directory;

    @BeforeAll
    static void store() {
        database = TestPostgres.freshDatabase();
        sql = JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
        TestNode.with().database(database).start().close();
        append("0c6ae5f0-0000-4000-8000-000000000001", 0, "keyledger.key.created", """
                {"at":"2026-03-08T06:59:00.123Z","creator":"1","description":"","keyId":"0c6ae5f0-0000-4000-8000-000000000001",\
                "origin":"EXTERNAL","primaryVersion":null,"protectionLevel":"SOFTWARE","spec":"Aliyun_AES_256","usage":"ENCRYPT/DECRYPT"}
                """);
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    private static void append(String stream, long sequence, String name, String payload) {
        sql.sql("""
                        insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                            payload_revision, time_stamp, payload, meta_data)
                        values (:id, 'key', :stream, :sequence, :name, '1', '2026-03-08T06:59:00.123Z',
                            convert_to(:payload, 'UTF8'), '{}')
                        """)
                .param("id", stream + "/" + sequence)
                .param("stream", stream)
                .param("sequence", sequence)
                .param("name", name)
                .param("payload", payload)
                .update();
    }

    private static Map<String, String> environment() {
        return Map.of(
                "KEYLEDGER_DB_URL",
                database.url(),
                "KEYLEDGER_DB_OWNER_USER",
                database.ownerUser(),
                "KEYLEDGER_DB_OWNER_PASSWORD",
                database.ownerPassword());
    }

    private record Result(int code, String out, String err) {

        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    private static Result type(Map<String, String> environment, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new ReplayCommand(environment))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(words);
        return new Result(code, out.toString(), err.toString());
    }

    /** One story, because each of its steps leaves the store as the next one needs it. */
    @Test
    void differences_are_shown_and_exchanged_away_and_a_poisoned_key_is_parked() {
        // The event has no row.
        Result different = type(environment(), "--verify");
        assertThat(different.code()).as(different.err()).isEqualTo(4);
        assertThat(different.out()).contains("different", "key_state", "0c6ae5f0-0000-4000-8000-000000000001");

        Result exchanged = type(environment(), "--swap", "-o", "json");
        assertThat(exchanged.code()).as(exchanged.err()).isZero();
        assertThat(exchanged.json().path("exchanged").asBoolean()).isTrue();

        Result equal = type(environment(), "--verify", "-o", "json");
        assertThat(equal.code()).as(equal.out() + equal.err()).isZero();
        assertThat(equal.json().path("result").asString()).isEqualTo("equal");
        assertThat(equal.json().path("events").asInt()).isEqualTo(1);

        append("0c6ae5f0-0000-4000-8000-000000000001", 1, "keyledger.key.from-the-future", "{}");
        Result parked = type(environment(), "--verify", "--swap");
        assertThat(parked.code()).as(parked.err()).isEqualTo(5);
        assertThat(parked.out())
                .contains("parked", "0c6ae5f0-0000-4000-8000-000000000001/1", "keyledger.key.from-the-future");

        assertThat(sql.sql("""
                                select action || ' ' || outcome || ' ' || reason from audit_record
                                where action like '%Replay' and principal = 'system' order by record_id
                                """).query(String.class).list())
                .containsExactly(
                        "StartReplay Success verify",
                        "EndReplay Success verify: 1 events up to place 1; different: key_state in 1 rows",
                        "StartReplay Success swap",
                        "EndReplay Success swap: 1 events up to place 1; exchanged",
                        "StartReplay Success verify",
                        "EndReplay Success verify: 1 events up to place 1; equal",
                        "StartReplay Success verify and swap",
                        "EndReplay Success verify and swap: 2 events up to place 2; equal; 1 parked; nothing exchanged");
    }

    @Test
    void a_store_that_is_not_there_is_not_made() {
        Result absent = type(Map.of("KEYLEDGER_DATA_DIR", directory.toString()), "--verify");

        assertThat(absent.code()).isEqualTo(3);
        assertThat(absent.err()).contains("no store");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_wrong_login_is_said_and_no_password_shown() {
        Map<String, String> wrong = new HashMap<>(environment());
        wrong.put("KEYLEDGER_DB_OWNER_PASSWORD", "not-this-one");

        Result refused = type(wrong, "--verify");

        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("refuses the login").doesNotContain("not-this-one");
    }

    @Test
    void a_schema_of_another_version_is_refused() {
        try (TestDatabase empty = TestPostgres.emptyDatabase()) {
            Map<String, String> other = new HashMap<>(environment());
            other.put("KEYLEDGER_DB_URL", empty.url());

            Result refused = type(other, "--verify");

            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.err()).contains("start the service");
        }
    }

    @Test
    void what_to_do_has_to_be_said() {
        assertThat(type(environment()).code()).isEqualTo(2);
    }

    @Test
    void progress_is_a_bar_on_a_terminal_and_lines_elsewhere() {
        StringWriter terminal = new StringWriter();
        StringWriter lines = new StringWriter();
        try (ProgressLines bar = new ProgressLines(new PrintWriter(terminal), true);
                ProgressLines plain = new ProgressLines(new PrintWriter(lines), false)) {
            for (ProgressLines each : new ProgressLines[] {bar, plain}) {
                each.at(Step.REBUILD, 0, 1_000);
                each.at(Step.REBUILD, 1_000, 1_000);
            }
        }

        assertThat(terminal.toString()).contains("\r", "[" + "#".repeat(30) + "] 100 %, 1,000 of 1,000 events");
        assertThat(lines.toString())
                .doesNotContain("\r", "#")
                .contains("100 %, 1,000 of 1,000 events")
                .endsWith("\n");
    }
}
