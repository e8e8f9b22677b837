package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.keyledger.api.TestNode;
import dev.keyledger.api.extension.ExtensionJar;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/** Handlers of extensions on nodes that come and go: who is told what, in which order, and what happens to what they refuse. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubscribersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String TOLD = "keyledger.test.subscribers.told";
    private static final String POISON = "keyledger.test.subscribers.poison";
    private static final String AWAY = "keyledger.test.subscribers.away";

    /** Writes down what it is told and by which node; refuses one subject's being disabled, or everything, while it is told to. */
    private static final String CLERK = """
            package com.example.events;

            import dev.keyledger.extension.event.*;
            import java.nio.file.*;

            public final class Clerk implements KeyEventHandler {
                public String name() { return "clerk"; }
                public Start start() { return Start.BEGINNING; }
                public void handle(KeyEvent event) throws Exception {
                    if (Boolean.getBoolean("%s")) {
                        throw new NotNowException(new java.io.IOException("at secret-4711"));
                    }
                    if (event.subject().equals(System.getProperty("%s")) && event.type().equals("keyledger.key.disabled")) {
                        throw new IllegalStateException("secret-4711 of " + event.subject());
                    }
                    String line = System.identityHashCode(this) + " " + event.sequence() + " " + event.id() + " " + event.type() + " "
                            + event.subject() + " " + event.subjectVersion() + " " + new java.util.TreeMap<>(event.data()) + "\\n";
                    Files.writeString(Path.of(System.getProperty("%s")), line, StandardOpenOption.APPEND);
                }
            }
            """.formatted(AWAY, POISON, TOLD);

    @TempDir
    private static Path temp;

    private TestDatabase database;
    private Path extensions;
    private Path told;

    /** Changes keys and tells nobody. */
    private TestNode maker;

    /** Has the handler. */
    private TestNode first;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    SubscribersTest() {}

    @BeforeAll
    void start() throws IOException {
        extensions = Files.createDirectory(temp.resolve("extensions"));
        told = Files.createFile(temp.resolve("told"));
        System.setProperty(TOLD, told.toString());
        ExtensionJar.of(CLERK, extensions, "clerk.jar");
        database = TestPostgres.freshDatabase();
        maker = TestNode.with().database(database).start();
        new Keys(new Kms(maker)).generated();
        first = teller();
    }

    @AfterEach
    void cure() {
        System.clearProperty(POISON);
        System.clearProperty(AWAY);
    }

    @AfterAll
    void stop() {
        System.clearProperty(TOLD);
        maker.close();
        first.close();
        database.close();
    }

    private TestNode teller() {
        return TestNode.with()
                .database(database)
                .set("KEYLEDGER_EXTENSIONS_DIR", extensions.toString())
                .start();
    }

    private JdbcClient sql() {
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    /** One line that was written down. */
    private record Line(String node, String sequence, String id, String type, String subject, String rest) {}

    private List<Line> lines() {
        try (Stream<String> lines = Files.lines(told)) {
            return lines.map(line -> line.split(" ", 6))
                    .map(words -> new Line(words[0], words[1], words[2], words[3], words[4], words[5]))
                    .toList();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private List<String> typesOf(String subject) {
        return lines().stream()
                .filter(line -> line.subject().equals(subject))
                .map(line -> line.type().substring("keyledger.key.".length()))
                .toList();
    }

    /** Places and ids of all events, by somebody else. */
    private List<String> stored() {
        return sql().sql("""
                        select lpad(log_index::text, 20, '0') || '.' || lpad(part::text, 3, '0') || ' ' || event_identifier || ' ' || subject
                        from feed_event order by log_index, part
                        """).query(String.class).list();
    }

    private static JsonNode subscriber(TestNode node, String name) {
        for (JsonNode each : new Rest(node).get("/v1/subscribers").ok().json().path("subscribers")) {
            if (each.path("name").stringValue().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no subscriber " + name);
    }

    /** Waits until the subscriber was told everything that was answered so far. */
    private void awaitTold(String name) {
        new Rest(maker).settle();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> subscriber(maker, name).path("lag").longValue() == 0);
    }

    private void switchOffAndOn(String key) {
        Kms kms = new Kms(maker);
        kms.call("DisableKey", "KeyId", key).ok();
        kms.call("EnableKey", "KeyId", key).ok();
    }

    private String newKey() {
        return new Kms(maker).call("CreateKey").ok().text("KeyMetadata.KeyId");
    }

    @Test
    void every_event_from_the_first_on_is_told_in_order_by_one_node_at_a_time() {
        awaitTold("clerk");
        int before = lines().size();
        int storedBefore = stored().size();
        List<String> keys = List.of(newKey(), newKey(), newKey());
        TestNode second = teller();
        try {
            for (int i = 0; i < 4; i++) {
                keys.forEach(this::switchOffAndOn);
            }
            awaitTold("clerk");
            first.close();
            for (int i = 0; i < 4; i++) {
                keys.forEach(this::switchOffAndOn);
            }
            awaitTold("clerk");
        } finally {
            second.close();
            first = teller();
        }
        List<Line> lines = lines().subList(before, lines().size());
        List<String> stored = stored();
        assertThat(lines)
                .extracting(line -> line.sequence() + " " + line.id() + " " + line.subject())
                .as("every event, in the order of the log, and none twice while nobody died")
                .isEqualTo(stored.subList(storedBefore, stored.size()));
        assertThat(lines().get(0).sequence())
                .as("the past too")
                .isEqualTo(stored.get(0).substring(0, 24));
        List<String> nodes = lines.stream().map(Line::node).distinct().toList();
        assertThat(nodes).hasSize(2);
        assertThat(lines.stream().map(Line::node).dropWhile(nodes.get(0)::equals))
                .as("the other only once the first was gone")
                .containsOnly(nodes.get(1));
        assertThat(typesOf(keys.get(0))).startsWith("created", "disabled", "enabled", "disabled");
    }

    @Test
    void a_node_that_died_is_succeeded_where_it_stood_when_its_lease_has_ended() {
        String key = newKey();
        switchOffAndOn(key);
        awaitTold("clerk");
        first.close();
        int before = lines().size();
        // As a node leaves it that dies having told three events that it did not note.
        sql().sql("""
                        update feed_subscriber s set owner = 'dead', owned_until = clock_timestamp() + interval '5 seconds', epoch = epoch + 1,
                            log_index = f.log_index, part = f.part
                        from (select log_index, part from feed_event order by log_index desc, part desc offset 3 limit 1) f
                        where s.name = 'clerk'
                        """).update();
        first = teller();
        awaitTold("clerk");
        List<Line> lines = lines();
        assertThat(lines.subList(before, lines.size()))
                .extracting(Line::id)
                .isEqualTo(ids(lines.subList(before - 3, before)));
    }

    private static List<String> ids(List<Line> lines) {
        return lines.stream().map(Line::id).toList();
    }

    @Test
    void what_it_refuses_holds_back_its_subject_only_until_an_operator_has_it_tried_again() {
        String poisoned = newKey();
        String other = newKey();
        System.setProperty(POISON, poisoned);
        switchOffAndOn(poisoned);
        switchOffAndOn(other);
        awaitTold("clerk");
        assertThat(typesOf(poisoned)).containsExactly("created");
        assertThat(typesOf(other)).containsExactly("created", "disabled", "enabled");

        Rest rest = new Rest(maker);
        JsonNode page =
                rest.get("/v1/subscribers/clerk/dead-letters?limit=1").ok().json();
        JsonNode refused = page.at("/deadLetters/0");
        assertThat(refused.path("type").stringValue()).isEqualTo("keyledger.key.disabled");
        assertThat(refused.path("subject").stringValue()).isEqualTo(poisoned);
        assertThat(refused.path("attempts").intValue()).isEqualTo(3);
        assertThat(refused.path("reason").stringValue())
                .startsWith("java.lang.IllegalStateException at com.example.events.Clerk.handle:")
                .doesNotContain("4711");
        JsonNode waiting = rest.get(Rest.query(
                        "/v1/subscribers/clerk/dead-letters",
                        "cursor",
                        page.path("nextCursor").stringValue()))
                .ok()
                .json()
                .at("/deadLetters");
        assertThat(waiting).hasSize(1);
        assertThat(waiting.at("/0/type").stringValue()).isEqualTo("keyledger.key.enabled");
        assertThat(waiting.at("/0").has("reason")).isFalse();
        assertThat(scraped(first))
                .contains("keyledger_subscribers_parked_events{subscriber=\"clerk\"} 2.0")
                .contains("keyledger_subscribers_lag_events{subscriber=\"clerk\"} 0.0");

        // Tried again while nothing was repaired: nothing overtakes it.
        rest.send("POST", "/v1/subscribers/clerk/retry", "").ok();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> rest.get("/v1/subscribers/clerk/dead-letters")
                                .ok()
                                .json()
                                .at("/deadLetters/0/attempts")
                                .intValue()
                        == 6);
        assertThat(typesOf(poisoned)).containsExactly("created");

        System.clearProperty(POISON);
        switchOffAndOn(poisoned);
        assertThat(rest.send("POST", "/v1/subscribers/clerk/retry", "")
                        .ok()
                        .json()
                        .path("deadLetters")
                        .intValue())
                .isGreaterThanOrEqualTo(2);
        awaitNothingParked();
        awaitTold("clerk");
        assertThat(typesOf(poisoned)).containsExactly("created", "disabled", "enabled", "disabled", "enabled");
    }

    private void awaitNothingParked() {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> subscriber(maker, "clerk").path("deadLetters").longValue() == 0);
    }

    private static String scraped(TestNode node) {
        return new Rest(node).get("/actuator/prometheus").ok().text();
    }

    @Test
    void what_an_operator_skips_is_never_told_and_what_waited_for_it_is() {
        String poisoned = newKey();
        System.setProperty(POISON, poisoned);
        switchOffAndOn(poisoned);
        awaitTold("clerk");
        Rest rest = new Rest(maker);
        String sequence = rest.get("/v1/subscribers/clerk/dead-letters")
                .ok()
                .json()
                .at("/deadLetters/0/sequence")
                .stringValue();
        rest.send("DELETE", "/v1/subscribers/clerk/dead-letters/" + sequence, "")
                .ok();
        awaitNothingParked();
        assertThat(typesOf(poisoned)).containsExactly("created", "enabled");

        rest.send("DELETE", "/v1/subscribers/clerk/dead-letters/" + sequence, "")
                .refused(404, "InvalidResourceId.NotFound", "Nothing is parked there");
        rest.send("DELETE", "/v1/subscribers/clerk/dead-letters/x", "")
                .refused(404, "InvalidResourceId.NotFound", "Nothing is parked there");
        rest.send("POST", "/v1/subscribers/nobody/retry", "")
                .refused(404, "InvalidResourceId.NotFound", "no subscriber");
        rest.get("/v1/subscribers/nobody/dead-letters").refused(404, "InvalidResourceId.NotFound", "no subscriber");
        rest.get("/v1/subscribers/clerk/dead-letters?cursor=abc").refused(400, "InvalidParameter", "nextCursor");
        assertThat(sql().sql("""
                        select action || ' ' || outcome from audit_record
                        where action = 'SkipDeadLetter' and reason = 'clerk ' || :sequence order by record_id
                        """)
                        .param("sequence", sequence)
                        .query(String.class)
                        .list())
                .contains("SkipDeadLetter Success");
    }

    @Test
    void while_what_it_needs_is_away_everything_waits_and_nothing_is_parked() {
        String key = newKey();
        awaitTold("clerk");
        System.setProperty(AWAY, "true");
        switchOffAndOn(key);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> subscriber(maker, "clerk").has("trouble"));
        JsonNode status = subscriber(maker, "clerk");
        assertThat(status.path("trouble").stringValue()).isEqualTo("NotNowException, IOException");
        assertThat(status.path("deadLetters").longValue()).isZero();
        assertThat(status.path("lag").longValue()).isPositive();
        assertThat(new Rest(first).get("/v1/health").ok().json().at("/components/subscribers/details/clerk/trouble"))
                .hasToString("\"NotNowException, IOException\"");
        assertThat(scraped(first)).contains("keyledger_subscribers_away{subscriber=\"clerk\"} 1.0");
        assertThat(typesOf(key)).containsExactly("created");

        System.clearProperty(AWAY);
        awaitTold("clerk");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !subscriber(maker, "clerk").has("trouble"));
        assertThat(typesOf(key)).containsExactly("created", "disabled", "enabled");
    }

    @Test
    void a_node_in_quarantine_tells_nothing_and_leaves_it_to_others() {
        newKey();
        awaitTold("clerk");
        int before = lines().size();
        String quarantined = lines().get(before - 1).node();
        first.bean(Quarantine.class).enter("for a test");
        String key = newKey();
        switchOffAndOn(key);
        TestNode second = teller();
        try {
            awaitTold("clerk");
        } finally {
            first.close();
            first = second;
        }
        assertThat(typesOf(key)).containsExactly("created", "disabled", "enabled");
        List<Line> lines = lines();
        Set<String> nodes = new HashSet<>();
        lines.subList(before, lines.size()).stream()
                // The one that it was at when the quarantine began.
                .filter(line -> line.subject().equals(key))
                .forEach(line -> nodes.add(line.node()));
        assertThat(nodes).doesNotContain(quarantined);
    }

    @Test
    void the_example_of_the_guide_waits_for_whom_it_tells_and_has_what_he_refuses_parked() throws IOException {
        Path others = Files.createDirectory(temp.resolve("guide"));
        ExtensionJar.of(ExtensionJar.documented("TellTheOwners"), others, "owners.jar");
        Queue<Integer> answers = new ConcurrentLinkedQueue<>(List.of(503, 204, 204, 400, 400, 400));
        List<String> posted = new CopyOnWriteArrayList<>();
        HttpServer owners = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        owners.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            posted.add(exchange.getRequestHeaders().getFirst("Idempotency-Key") + " " + body);
            Integer answer = answers.poll();
            exchange.sendResponseHeaders(answer == null ? 204 : answer, -1);
            exchange.close();
        });
        owners.start();
        System.setProperty(
                "owners.url", "http://127.0.0.1:" + owners.getAddress().getPort() + "/");
        try (TestNode node = TestNode.with()
                .database(database)
                .set("KEYLEDGER_EXTENSIONS_DIR", others.toString())
                .start()) {
            String key = newKey();
            switchOffAndOn(key);
            awaitTold("owners");
            new Kms(maker)
                    .call("ScheduleKeyDeletion", "KeyId", key, "PendingWindowInDays", "7")
                    .ok();
            new Kms(maker).call("CancelKeyDeletion", "KeyId", key).ok();
            new Kms(maker).call("DisableKey", "KeyId", key).ok();
            awaitTold("owners");
            assertThat(posted).hasSize(6);
            assertThat(posted.get(0))
                    .contains("keyledger.key.disabled " + key + " {}")
                    .isEqualTo(posted.get(1));
            assertThat(posted.get(2)).contains("keyledger.key.deletion-scheduled " + key + " {deleteAt=20");
            assertThat(posted.subList(3, 6)).as("three times the same").allMatch(posted.get(3)::equals);
            assertThat(new Rest(node)
                            .get("/v1/subscribers/owners/dead-letters")
                            .ok()
                            .json()
                            .at("/deadLetters/0/reason")
                            .stringValue())
                    .startsWith("java.lang.IllegalStateException at com.example.events.TellTheOwners.handle:");
        } finally {
            owners.stop(0);
            System.clearProperty("owners.url");
        }
    }

    @Test
    void one_that_begins_now_hears_nothing_of_the_past_and_of_the_public_members_alone() throws IOException {
        Keys keys = new Keys(new Kms(maker));
        String old = newKey();
        Path others = Files.createDirectory(temp.resolve("now"));
        ExtensionJar.of(
                CLERK.replace("\"clerk\"", "\"novice\"").replace("Start.BEGINNING", "Start.NOW"), others, "novice.jar");
        awaitTold("clerk");
        List<Line> before = lines();
        try (TestNode node = TestNode.with()
                .database(database)
                .set("KEYLEDGER_EXTENSIONS_DIR", others.toString())
                .start()) {
            MadeKey key = keys.imported(Keys.material());
            new Kms(node)
                    .call("TagResource", "KeyId", key.id(), "Tags", "[{\"TagKey\":\"team\",\"TagValue\":\"red\"}]")
                    .ok();
            switchOffAndOn(old);
            awaitTold("novice");
            awaitTold("clerk");
            List<Line> after = new ArrayList<>(lines().subList(before.size(), lines().size()));
            String clerk = before.get(before.size() - 1).node();
            List<Line> novice =
                    after.stream().filter(line -> !line.node().equals(clerk)).toList();
            assertThat(ids(novice))
                    .isEqualTo(ids(after.stream()
                            .filter(line -> line.node().equals(clerk))
                            .toList()));
            assertThat(novice)
                    .filteredOn(line -> line.type().endsWith(".material-imported"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.rest()).matches("2 \\{versionId=[0-9a-f-]{36}}"));
            assertThat(novice)
                    .filteredOn(line -> line.type().endsWith(".tags-changed"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.rest()).endsWith("{set.team=red}"));
        }
    }
}
