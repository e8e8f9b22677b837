package dev.keyledger.api.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.rest.events.Streams;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands as an operator types them, against a running server. */
class CommandLineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static TestNode node;
    private static Path secret;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start();
        secret = Files.writeString(directory.resolve("secret"), TestNode.ACCESS_KEY_SECRET + "\n");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /**
     * What came of a command.
     *
     * @param code exit code
     * @param out standard output
     * @param err standard error
     */
    record Result(int code, String out, String err) {

        Result done() {
            assertThat(code).as(err).isEqualTo(ExitCode.OK);
            return this;
        }

        List<JsonNode> json() {
            return done().out.lines().map(JsonMapper.shared()::readTree).toList();
        }
    }

    static Result type(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = CommandLineTool.run(List.of(words), new PrintWriter(out), new PrintWriter(err));
        return new Result(code, out.toString(), err.toString());
    }

    private static Result ask(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--url",
                node.baseUri().toString(),
                "--access-key-id",
                TestNode.ACCESS_KEY_ID,
                "--access-key-secret-file",
                secret.toString()));
        return type(all.toArray(String[]::new));
    }

    /** A new key, made as any client would. */
    private static String key(String description) throws IOException {
        try (ServerClient client = new ServerClient(
                node.baseUri(),
                TestNode.ACCESS_KEY_ID,
                SecretBytes.takeFrom(TestNode.ACCESS_KEY_SECRET.getBytes(StandardCharsets.UTF_8)),
                null,
                Duration.ofSeconds(30))) {
            return client.call("CreateKey", Map.of("Description", description))
                    .path("KeyMetadata")
                    .path("KeyId")
                    .asString();
        }
    }

    @Test
    void a_key_is_disabled_enabled_scheduled_for_deletion_and_kept() throws IOException {
        String key = key("of the command line");

        assertThat(ask("keys", "describe", key).done().out())
                .containsPattern("KeyState +Enabled")
                .containsPattern("Description +of the command line");
        assertThat(state(ask("keys", "disable", key, "-o", "json"))).isEqualTo("Disabled");
        assertThat(state(ask("keys", "enable", key, "-o", "json"))).isEqualTo("Enabled");
        assertThat(state(ask("keys", "schedule-deletion", key, "--days", "7", "-o", "json")))
                .isEqualTo("PendingDeletion");
        assertThat(state(ask("keys", "cancel-deletion", key, "-o", "json"))).isEqualTo("Enabled");
    }

    private static String state(Result result) {
        return result.json().get(0).path("KeyState").asString();
    }

    @Test
    void keys_are_listed_by_state_page_after_page() throws IOException {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 103; i++) {
            String key = key("listed");
            made.add(key);
        }
        ask("keys", "disable", made.get(0)).done();

        assertThat(ids(ask("keys", "list", "--output", "json")))
                .containsAll(made)
                .doesNotHaveDuplicates();
        assertThat(ids(ask("keys", "list", "--state", "Disabled", "-o", "json")))
                .contains(made.get(0))
                .doesNotContain(made.get(1));
        assertThat(ids(ask("keys", "list", "--limit", "2", "-o", "json"))).hasSize(2);
        assertThat(ask("keys", "list", "--limit", "1").done().out().lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("KeyId");
    }

    private static List<String> ids(Result result) {
        return result.json().stream().map(each -> each.path("KeyId").asString()).toList();
    }

    @Test
    void an_access_key_is_made_disabled_enabled_and_deleted() {
        JsonNode made = ask("access-keys", "create", "--principal", "ci", "-o", "json")
                .json()
                .get(0);
        String id = made.path("accessKeyId").asString();
        assertThat(made.path("accessKeySecret").asString()).isNotEmpty();

        assertThat(status(id)).isEqualTo("Active");
        ask("access-keys", "disable", id).done();
        assertThat(status(id)).isEqualTo("Inactive");
        ask("access-keys", "enable", id).done();
        assertThat(status(id)).isEqualTo("Active");
        ask("access-keys", "delete", id).done();
        assertThat(status(id)).isEmpty();
        assertThat(ask("access-keys", "list").done().out())
                .contains(TestNode.ACCESS_KEY_ID)
                .doesNotContain(TestNode.ACCESS_KEY_SECRET);
    }

    /** As if a report had not digested this record of the log. */
    private static void park(long index, String reason) {
        node.sql()
                .sql("insert into report_parked (report, log_index, key_ids, reason)"
                        + " values ('key-uses', ?, array[gen_random_uuid()], nullif(?, ''))")
                .params(index, reason)
                .update();
    }

    private static List<Long> parked(String... more) {
        List<String> words = new ArrayList<>(List.of("reports", "parked", "key-uses", "-o", "json"));
        words.addAll(List.of(more));
        return ask(words.toArray(String[]::new)).json().stream()
                .map(each -> each.path("logIndex").asLong())
                .toList();
    }

    private static JsonNode keyUses() {
        return ask("reports", "list", "-o", "json").json().stream()
                .filter(each -> each.path("name").asString().equals("key-uses"))
                .findAny()
                .orElseThrow();
    }

    @Test
    void what_a_report_could_not_digest_is_shown_taken_out_and_tried_again() throws IOException {
        var unused = key("something to report");
        Awaitility.await().atMost(PATIENCE).until(() -> keyUses().path("size").asLong() >= 2);
        park(0, "IllegalStateException: as the test wants it");
        park(1, "");

        assertThat(ask("reports", "list").done().out())
                .containsPattern("name +version +loaded +size +lag +parked")
                .containsPattern("key-uses +1 +true +[0-9]+ +[0-9]+ +2");
        assertThat(ask("reports", "parked", "key-uses").done().out())
                .containsPattern("(?m)^0 .*IllegalStateException: as the test wants it$");
        assertThat(parked()).containsExactly(0L, 1L);
        assertThat(parked("--limit", "1")).containsExactly(0L);

        String why = "known and of no account";
        ask("reports", "evict", "key-uses", "0", "--reason", why).done();
        assertThat(parked()).containsExactly(1L);
        assertThat(ask("reports", "evict", "key-uses", "0"))
                .matches(result -> result.code() == ExitCode.REFUSED)
                .matches(result -> result.err().contains("Nothing is parked there"));

        assertThat(ask("reports", "retry", "key-uses", "-o", "json", "--reason", why)
                        .json()
                        .get(0)
                        .path("parked")
                        .asLong())
                .isEqualTo(1);
        Awaitility.await().atMost(PATIENCE).until(() -> parked().isEmpty());
        assertThat(ask("reports", "rebuild", "key-uses", "--reason", why).done().out())
                .containsPattern("rebuilding +true");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !keyUses().path("rebuilding").asBoolean());

        assertThat(node.sql()
                        .sql(
                                "select action from audit_record where caller_reason = ? and outcome = 'Success' order by record_id")
                        .param(why)
                        .query(String.class)
                        .list())
                .containsExactly("EvictParkedRecord", "RetryParkedRecords", "RebuildReport");
    }

    @Test
    void a_report_that_is_none_is_refused_and_what_is_no_name_is_not_sent() {
        assertThat(ask("reports", "retry", "unknown"))
                .matches(result -> result.code() == ExitCode.REFUSED)
                .matches(result -> result.err().contains("There is no report of this name"));
        assertThat(ask("reports", "rebuild", "../keys?x=1")).matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("reports", "evict", "key-uses", "-1")).matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("reports", "evict", "key-uses")).matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("reports", "parked", "key-uses", "--limit", "0"))
                .matches(result -> result.code() == ExitCode.USAGE);
    }

    @Test
    void a_webhook_is_made_paused_resumed_and_deleted() {
        // Of a key that is not there: nothing is sent.
        JsonNode made = ask(
                        "webhooks",
                        "create",
                        "https://hooks.example.com/keys",
                        "--key",
                        "01234567-89ab-cdef-0123-456789abcdef",
                        "--type",
                        "keyledger.key.disabled",
                        "--tag",
                        "team=red",
                        "--from",
                        "beginning",
                        "--unordered",
                        "-o",
                        "json")
                .json()
                .get(0);
        String id = made.path("webhookId").asString();
        assertThat(made.path("secret").asString()).startsWith("whsec_");
        assertThat(made.path("ordered").asBoolean(true)).isFalse();
        assertThat(made.at("/tag/value").asString()).isEqualTo("red");
        assertThat(made.path("types")).hasSize(1);

        ask("webhooks", "pause", id).done();
        assertThat(ask("webhooks", "show", id).done().out()).containsPattern("status +paused");
        ask("webhooks", "resume", id).done();
        assertThat(ask("webhooks", "list").done().out())
                .contains(id, "active")
                .doesNotContain(made.path("secret").asString());
        assertThat(ask("webhooks", "rotate-secret", id, "--overlap-hours", "1")
                        .done()
                        .out())
                .contains("whsec_");
        assertThat(ask("webhooks", "deliveries", id, "--state", "dead", "-o", "json")
                        .json())
                .isEmpty();
        assertThat(ask("webhooks", "retry", id).done().out()).containsPattern("retried +0");
        assertThat(ask("webhooks", "skip", id, "01234567-89ab-cdef-0123-456789abcdef"))
                .matches(result -> result.code() == ExitCode.REFUSED);
        assertThat(ask("webhooks", "skip", id, "../../x")).matches(result -> result.code() == ExitCode.USAGE);
        ask("webhooks", "delete", id).done();
        assertThat(ask("webhooks", "show", id)).matches(result -> result.code() == ExitCode.REFUSED);
    }

    private static String status(String id) {
        return ask("access-keys", "list", "-o", "json").json().stream()
                .filter(each -> each.path("accessKeyId").asString().equals(id))
                .map(each -> each.path("status").asString())
                .findAny()
                .orElse("");
    }

    @Test
    void a_reason_is_recorded_with_every_change_and_is_any_text() throws IOException {
        String key = key("with a reason");
        String why = "Ticket 4711: 密 & \"quoted\" = 100%";
        ask("keys", "disable", key, "--reason", why).done();
        ask("keys", "enable", key, "--reason", why).done();
        ask("keys", "schedule-deletion", key, "--days", "7", "--reason", why).done();
        ask("keys", "cancel-deletion", key, "--reason", why).done();
        String id = ask("access-keys", "create", "--principal", "ci", "--reason", why, "-o", "json")
                .json()
                .get(0)
                .path("accessKeyId")
                .asString();
        ask("access-keys", "disable", id, "--reason", why).done();
        ask("access-keys", "enable", id, "--reason", why).done();
        ask("access-keys", "delete", id, "--reason", why).done();

        assertThat(node.sql()
                        .sql("select action from audit_record where caller_reason = ? and outcome = 'Success'"
                                + " and auth_method = 'ACS3-HMAC-SHA256' order by record_id")
                        .param(why)
                        .query(String.class)
                        .list())
                .containsExactly(
                        "DisableKey",
                        "EnableKey",
                        "ScheduleKeyDeletion",
                        "CancelKeyDeletion",
                        "CreateAccessKey",
                        "DisableAccessKey",
                        "EnableAccessKey",
                        "DeleteAccessKey");
    }

    @Test
    void what_the_server_refuses_is_told_with_its_code_and_request_and_ends_with_1() {
        Result refused = ask("keys", "describe", "00000000-0000-0000-0000-000000000000");

        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("Forbidden.KeyNotFound").containsPattern("request [0-9a-f-]{36}");
        assertThat(refused.out()).isEmpty();
        assertThat(ask("access-keys", "delete", "unknown"))
                .matches(result -> result.code() == ExitCode.REFUSED)
                .matches(result -> result.err().contains("InvalidAccessKeyId.NotFound"));
    }

    @Test
    void where_nobody_answers_it_ends_with_3() throws IOException {
        String url;
        try (ServerSocket free = new ServerSocket(0)) {
            url = "http://127.0.0.1:" + free.getLocalPort();
        }

        Result result = type(
                "keys", "list", "--url", url, "--access-key-id", "x", "--access-key-secret-file", secret.toString());

        assertThat(result.code()).isEqualTo(ExitCode.NO_ANSWER);
        assertThat(result.err()).contains(url);
    }

    @Test
    void a_wrong_command_line_ends_with_2_says_what_is_wrong_and_sends_nothing() {
        assertThat(type("keys", "list", "--access-key-id", "x", "--access-key-secret-file", "/no/such/file"))
                .matches(result -> result.code() == ExitCode.USAGE)
                .matches(result -> result.err().contains("/no/such/file"));
        assertThat(type("keys", "list", "--url", "http://keys.example", "--access-key-id", "x"))
                .matches(result -> result.code() == ExitCode.USAGE)
                .matches(result -> result.err().contains("--allow-plain-http"));
        assertThat(type("keys", "list", "--url", "ftp://keys.example", "--access-key-id", "x"))
                .matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("keys", "list", "--limit", "0")).matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("keys", "schedule-deletion", "some-key"))
                .matches(result -> result.code() == ExitCode.USAGE)
                .matches(result -> result.err().contains("--days"));
        assertThat(ask("access-keys", "delete", "../keys?x=1")).matches(result -> result.code() == ExitCode.USAGE);
        assertThat(ask("keys", "destroy", "some-key")).matches(result -> result.code() == ExitCode.USAGE);
    }

    @Test
    void a_description_cannot_steer_the_terminal() throws IOException {
        String key = key("red \u001b[31m and \u202eback\u202c");

        assertThat(ask("keys", "describe", key).done().out())
                .contains("red \\u001b[31m and \\u202eback\\u202c")
                .doesNotContain("\u001b", "\u202e");
    }

    @Test
    void events_are_shown_a_line_each_for_people_and_for_programs() throws IOException {
        String key = key("of \u001b[31mevents");
        ask("keys", "disable", key).done();
        // No event is shown before its record has its place.
        Awaitility.await()
                .until(() -> events(key, "--from", "beginning", "--no-follow").size() == 2);

        assertThat(events(key, "--from", "beginning", "--no-follow").stream()
                        .map(event -> event.path("type").stringValue()))
                .containsExactly("keyledger.key.created", "keyledger.key.disabled");
        assertThat(events(key, "--from", "beginning", "--type", "key.disabled", "--no-follow"))
                .hasSize(1);
        assertThat(ask("events", "tail", "--key", key, "--from", "beginning", "--limit", "2")
                        .done()
                        .out()
                        .lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains(key).doesNotContain("\u001b"))
                .anySatisfy(line -> assertThat(line).contains("key.created", "description=of \\u001b[31mevents"))
                .anySatisfy(line -> assertThat(line).contains("key.disabled"));
        assertThat(ask("events", "tail", "--type", "key.no-such").code()).isEqualTo(ExitCode.REFUSED);
    }

    private static List<JsonNode> events(String key, String... more) {
        List<String> words = new ArrayList<>(List.of("events", "tail", "--key", key, "-o", "json"));
        words.addAll(List.of(more));
        return ask(words.toArray(String[]::new)).json();
    }

    @Test
    void a_tail_that_is_cut_goes_on_where_it_was() throws Exception {
        String key = key("tailed");
        ask("keys", "disable", key).done();
        Awaitility.await()
                .until(() -> events(key, "--from", "beginning", "--no-follow").size() == 2);
        String first = events(key, "--from", "beginning", "--limit", "1")
                .get(0)
                .path("sequence")
                .stringValue();
        CompletableFuture<List<JsonNode>> tail =
                CompletableFuture.supplyAsync(() -> events(key, "--from", first, "--limit", "3"));
        Awaitility.await().until(() -> Streams.connected(node) == 1);
        ask("keys", "enable", key).done();
        Streams.cut(node);
        ask("keys", "disable", key).done();

        assertThat(tail.get().stream().map(event -> event.path("subjectversion").longValue()))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void the_help_names_commands_and_exit_codes_and_a_completion_script_completes_them() {
        assertThat(type("--help").done().out())
                .contains(
                        "serve",
                        "keys",
                        "access-keys",
                        "audit",
                        "reports",
                        "webhooks",
                        "events",
                        "the server refused",
                        "generate-completion");
        assertThat(type("help", "keys").done().out()).contains("schedule-deletion", "cancel-deletion");
        assertThat(type("help", "reports").done().out()).contains("list", "parked", "retry", "rebuild", "evict");
        assertThat(type("keys", "list", "--help").done().out()).contains("KEYLEDGER_URL", "Example");
        assertThat(type("generate-completion").done().out()).contains("complete", "schedule-deletion");
        assertThat(type("--version").done().out()).startsWith("Keyledger");
        assertThat(type("keys").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void settings_are_the_service_s_and_words_are_commands() {
        assertThat(CommandLineTool.isFor(List.of("keys", "list"))).isTrue();
        assertThat(CommandLineTool.isFor(List.of("audit", "verify", "x.zip"))).isTrue();
        assertThat(CommandLineTool.isFor(List.of("reports", "list"))).isTrue();
        assertThat(CommandLineTool.isFor(List.of("--help"))).isTrue();
        assertThat(CommandLineTool.isFor(List.of())).isFalse();
        assertThat(CommandLineTool.isFor(List.of("--keyledger.port=0"))).isFalse();
        assertThat(CommandLineTool.isFor(List.of("serve"))).isFalse();
    }
}
