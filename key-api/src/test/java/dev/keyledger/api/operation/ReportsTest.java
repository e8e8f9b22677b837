package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.extension.ExtensionJar;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;

/** Reports of a whole store: the service's own and those of extensions, over one history, on nodes that come and go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Cannot digest what somebody gave a certain reason for, until it is told to. */
    private static final String PICKY = """
            package com.example.reports;

            import dev.keyledger.extension.report.*;
            import java.util.Map;

            public final class Picky implements Report {
                public String name() { return "picky"; }
                public int version() { return 1; }
                public void prepare(ReportSchema schema) {
                    schema.table("reasons").key("place", ColumnType.NUMBER).column("reason", ColumnType.TEXT);
                }
                public void accept(LogRecord record, ReportTables tables) {
                    String reason = record.callerReason().orElse("");
                    if (!reason.isEmpty()) {
                        tables.put("reasons", Map.of("place", record.logIndex(), "reason", reason));
                    }
                    if (reason.startsWith("poison") && !Boolean.getBoolean("keyledger.test.picky.cured")) {
                        throw new IllegalArgumentException(reason);
                    }
                }
            }
            """;

    @TempDir
    private static Path temp;

    private TestDatabase database;
    private Path extensions;
    private TestNode first;

    /** Numbers the records, and is stopped by the one test that looks at it. */
    private TestNode leader;

    @SuppressWarnings("NullAway.Init") // Set before all tests.
    ReportsTest() {}

    @BeforeAll
    void start() throws IOException {
        extensions = Files.createDirectory(temp.resolve("extensions"));
        database = TestPostgres.freshDatabase();
        leader = node().start();
        first = node().start();
    }

    @AfterAll
    void stop() {
        System.clearProperty("keyledger.test.picky.cured");
        leader.close();
        first.close();
        database.close();
    }

    private TestNode.Builder node() {
        return TestNode.with().database(database).testClock();
    }

    private TestNode.Builder nodeWithExtensions() {
        return node().set("KEYLEDGER_EXTENSIONS_DIR", extensions.toString());
    }

    private JdbcClient sql() {
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    private static JsonNode report(TestNode node, String name) {
        for (JsonNode each : new Rest(node).get("/v1/reports").ok().json().path("reports")) {
            if (each.path("name").stringValue().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no report " + name);
    }

    /** Waits until a report was told everything that was answered so far. */
    private static void awaitReport(TestNode node, String name) {
        new Rest(node).settle();
        long size = new Rest(node)
                .get("/v1/audit/records?limit=1")
                .ok()
                .json()
                .at("/log/size")
                .longValue();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            JsonNode status = report(node, name);
            return status.path("size").longValue() >= size
                    && !status.path("retrying").booleanValue()
                    && !status.path("rebuilding").booleanValue();
        });
    }

    /** What the records say of a key, counted by somebody else. */
    private Map<String, Long> counted(String keyId, long size) {
        Map<String, Long> counts = new TreeMap<>();
        sql().sql("""
                        select (r.recorded_at at time zone 'UTC')::date || ' ' || coalesce(principal, '') || ' ' || action || ' ' || outcome as line,
                            count(*) as n
                        from audit_record r join audit_index i using (record_id)
                        where cast(:key as uuid) = any(key_ids) and log_index < :size group by 1
                        """).param("key", keyId).param("size", size).query(row -> {
            counts.put(row.getString("line"), row.getLong("n"));
        });
        return counts;
    }

    /** What the endpoint says, page by page. */
    private static Map<String, Long> uses(TestNode node, String keyId, List<Long> sizes, String... query) {
        Map<String, Long> counts = new LinkedHashMap<>();
        String cursor = null;
        do {
            String path = Rest.query("/v1/keys/" + keyId + "/uses?limit=7", query);
            JsonNode page = new Rest(node)
                    .get(cursor == null ? path : Rest.query(path, "cursor", cursor))
                    .ok()
                    .json();
            sizes.add(page.at("/counted/size").longValue());
            assertThat(page.path("parked").longValue()).isZero();
            page.path("uses")
                    .forEach(use -> counts.put(
                            use.path("day").stringValue() + " "
                                    + use.path("principal").asString("") + " "
                                    + use.path("action").stringValue() + " "
                                    + use.path("outcome").stringValue(),
                            use.path("count").longValue()));
            cursor = page.has("nextCursor") ? page.path("nextCursor").stringValue() : null;
        } while (cursor != null);
        return counts;
    }

    private static Instant advance(TestNode node, String by) {
        return Instant.parse(new Rest(node)
                .send("POST", "/v1/clock", "{\"advance\":\"" + by + "\"}", "Content-Type", "application/json")
                .ok()
                .json()
                .path("now")
                .stringValue());
    }

    private static LocalDate today(TestNode node) {
        return LocalDate.ofInstant(
                Instant.parse(
                        new Rest(node).get("/v1/clock").ok().json().path("now").stringValue()),
                ZoneOffset.UTC);
    }

    /** Some days of work on some keys, through any of these nodes. */
    private static List<MadeKey> work(Random random, List<TestNode> nodes) {
        List<MadeKey> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(new Keys(new Kms(nodes.get(0))).generated());
        }
        for (int i = 0; i < 75; i++) {
            Kms kms = new Kms(nodes.get(random.nextInt(nodes.size())));
            MadeKey key = made.get(random.nextInt(3));
            MadeKey other = made.get(random.nextInt(3));
            switch (random.nextInt(8)) {
                case 0 -> kms.call("DescribeKey", "KeyId", key.id()).ok();
                case 1 -> kms.call("DisableKey", "KeyId", key.id());
                case 2 -> kms.call("EnableKey", "KeyId", key.id());
                case 3 -> kms.call("Encrypt", "KeyId", key.id(), "Plaintext", Keys.HELLO);
                case 4 -> kms.call("ReEncrypt", "CiphertextBlob", key.blob(), "DestinationKeyId", other.id());
                default -> kms.call("Decrypt", "CiphertextBlob", key.blob());
            }
            if (i % 15 == 14) {
                advance(nodes.get(0), "P1D");
            }
        }
        return made;
    }

    @Test
    void uses_are_those_of_the_records_and_stay_so_when_the_node_that_leads_is_gone() {
        assertThat(scraped(new Rest(leader))).contains("keyledger_sequencer_leader 1.0");
        List<MadeKey> made = work(new Random(11), List.of(first, leader));
        leader.close();
        made.addAll(work(new Random(12), List.of(first)));
        awaitReport(first, "key-uses");

        int days = 0;
        for (MadeKey key : made) {
            List<Long> sizes = new ArrayList<>();
            Map<String, Long> uses = uses(first, key.id(), sizes);
            assertThat(uses).isEqualTo(counted(key.id(), sizes.get(sizes.size() - 1)));
            assertThat(new ArrayList<>(uses.keySet())).isEqualTo(new ArrayList<>(new TreeMap<>(uses).keySet()));
            days += (int) uses.keySet().stream()
                    .map(line -> line.substring(0, 10))
                    .distinct()
                    .count();

            String from = uses.keySet().iterator().next().substring(0, 10);
            String to = LocalDate.parse(from).plusDays(2).toString();
            Map<String, Long> wanted = new TreeMap<>(uses);
            wanted.keySet().removeIf(line -> line.substring(0, 10).compareTo(to) >= 0);
            assertThat(uses(first, key.id(), new ArrayList<>(), "from", from, "to", to))
                    .isEqualTo(wanted);
        }
        assertThat(days).isGreaterThan(15);

        List<String> before = rows("key_use_day");
        long size = report(first, "key-uses").path("size").longValue();
        new Rest(first).send("POST", "/v1/reports/key-uses/rebuild", "").ok();
        awaitReport(first, "key-uses");
        // Looking at keys counts, and so do the looks of this test: compare what was counted then.
        assertThat(report(first, "key-uses").path("size").longValue()).isGreaterThan(size);
        for (MadeKey key : made) {
            List<Long> sizes = new ArrayList<>();
            Map<String, Long> uses = uses(first, key.id(), sizes);
            assertThat(uses).isEqualTo(counted(key.id(), sizes.get(sizes.size() - 1)));
        }
        assertThat(rows("key_use_day")).hasSizeGreaterThanOrEqualTo(before.size());
        assertThat(sql().sql("select count(*) from audit_record where action = 'RebuildReport' and outcome = 'Success'")
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void what_the_endpoints_do_not_know_is_refused() {
        Rest rest = new Rest(first);
        MadeKey key = new Keys(new Kms(first)).generated();
        MadeKey other = new Keys(new Kms(first)).generated();
        String path = "/v1/keys/" + key.id() + "/uses";
        rest.get("/v1/keys/00000000-0000-4000-8000-000000000000/uses")
                .refused(404, "Forbidden.KeyNotFound", "never was a key");
        rest.get(path + "?from=2026-02-30").refused(400, "InvalidParameter", "a day in UTC");
        rest.get(path + "?from=today").refused(400, "InvalidParameter", "a day in UTC");
        rest.get(path + "?principal=x").refused(400, "InvalidParameter", "This endpoint has");
        rest.get(path + "?cursor=abc").refused(400, "InvalidParameter", "nextCursor");
        awaitReport(first, "key-uses");
        String cursor = rest.get("/v1/keys/" + other.id() + "/uses?limit=1")
                .ok()
                .json()
                .path("nextCursor")
                .stringValue();
        rest.get(path + "?cursor=" + cursor).refused(400, "InvalidParameter", "another key");
        rest.send("POST", "/v1/reports/none/retry", "").refused(404, "InvalidResourceId.NotFound", "no report");
        rest.send("POST", "/v1/reports/none/rebuild", "").refused(404, "InvalidResourceId.NotFound", "no report");
        rest.get("/v1/reports/none/parked").refused(404, "InvalidResourceId.NotFound", "no report");
        for (String place : List.of("7", "x", "99999999999999999999")) {
            rest.send("DELETE", "/v1/reports/key-uses/parked/" + place, "")
                    .refused(404, "InvalidResourceId.NotFound", "Nothing is parked there");
        }
    }

    private List<String> rows(String table) {
        return sql().sql("select t::text from " + table + " t order by 1")
                .query(String.class)
                .list();
    }

    /** The weekends as the guide's example has them, by somebody else. */
    private List<String> weekends(long size) {
        return sql().sql("""
                        select t::text from (
                            select (d - (extract(isodow from d)::int - 6)) as saturday, key_id, coalesce(principal, 'nobody'), count(*)
                            from (select (recorded_at at time zone 'UTC')::date as d, principal, action, outcome, unnest(key_ids) as key_id
                                from audit_record join audit_index using (record_id, recorded_at) where log_index < :size) r
                            where action = 'Decrypt' and outcome = 'Success' and extract(isodow from d) >= 6
                            group by 1, 2, 3) t order by 1
                        """).param("size", size).query(String.class).list();
    }

    @Test
    void an_extension_sees_the_whole_past_goes_on_after_a_restart_and_begins_again_with_another_version() {
        MadeKey key = new Keys(new Kms(first)).generated();
        while (today(first).getDayOfWeek() != DayOfWeek.SATURDAY) {
            advance(first, "P1D");
        }
        new Kms(first).call("Decrypt", "CiphertextBlob", key.blob()).ok();
        new Kms(first).call("Decrypt", "CiphertextBlob", key.blob()).ok();

        ExtensionJar.of(ExtensionJar.documented(), extensions, "weekends.jar");
        long size;
        try (TestNode node = nodeWithExtensions().start()) {
            awaitReport(node, "weekends");
            JsonNode status = report(node, "weekends");
            assertThat(status.path("fromIndex").longValue()).isZero();
            assertThat(status.path("loaded").booleanValue()).isTrue();
            assertThat(report(first, "weekends").path("loaded").booleanValue()).isFalse();
            size = status.path("size").longValue();
            assertThat(rows("ext_weekends_decrypts"))
                    .isEqualTo(weekends(size))
                    .anySatisfy(row -> assertThat(row).contains(key.id()).endsWith(",2)"));
        }
        new Kms(first).call("Decrypt", "CiphertextBlob", key.blob()).ok();
        // As told until the node was gone; a report that began again would tell this row away.
        sql().sql("update ext_weekends_decrypts set decrypts = decrypts + 1000").update();
        try (TestNode node = nodeWithExtensions().start()) {
            awaitReport(node, "weekends");
            assertThat(rows("ext_weekends_decrypts"))
                    .anySatisfy(row -> assertThat(row).contains(key.id()).endsWith(",1003)"));
        }

        ExtensionJar.of(
                ExtensionJar.documented()
                        .replace("return 1;", "return 2;")
                        .replace("\"decrypts\", NUMBER", "\"decrypts\", NUMBER).column(\"note\", TEXT"),
                extensions,
                "weekends.jar");
        try (TestNode node = nodeWithExtensions().start()) {
            awaitReport(node, "weekends");
            assertThat(report(node, "weekends").path("version").intValue()).isEqualTo(2);
            assertThat(rows("ext_weekends_decrypts"))
                    .hasSameSizeAs(weekends(Long.MAX_VALUE))
                    .anySatisfy(row -> assertThat(row).contains(key.id()).endsWith(",3,)"));
            ExtensionJar.of(ExtensionJar.documented(), extensions, "weekends.jar");
            assertThatExceptionOfType(StartupFailure.class)
                    .isThrownBy(() -> nodeWithExtensions().start())
                    .withMessageContaining(extensions.resolve("weekends.jar").toString())
                    .withMessageContaining("made by version 2");
        } finally {
            delete(extensions.resolve("weekends.jar"));
        }
    }

    @Test
    void a_poisoned_record_keeps_back_its_key_alone_until_an_operator_has_it_tried_again() throws IOException {
        Path own = Files.createDirectory(temp.resolve("picky"));
        ExtensionJar.of(PICKY, own, "picky.jar");
        MadeKey poisoned = new Keys(new Kms(first)).generated();
        MadeKey healthy = new Keys(new Kms(first)).generated();
        try (TestNode node =
                node().set("KEYLEDGER_EXTENSIONS_DIR", own.toString()).start()) {
            Kms kms = new Kms(node);
            describe(kms, poisoned, "before");
            describe(kms, poisoned, "poison secret-4711");
            describe(kms, poisoned, "behind");
            describe(kms, healthy, "beside");
            awaitReport(node, "picky");
            assertThat(reasons()).containsExactly("before", "beside");

            Rest rest = new Rest(node);
            JsonNode status = report(node, "picky");
            assertThat(status.path("parked").longValue()).isEqualTo(2);
            JsonNode page = rest.get("/v1/reports/picky/parked?limit=1").ok().json();
            assertThat(page.at("/parked/0/keyIds/0").stringValue()).isEqualTo(poisoned.id());
            assertThat(page.at("/parked/0/reason").stringValue())
                    .startsWith("java.lang.IllegalArgumentException at com.example.reports.Picky.accept:")
                    .doesNotContain("4711");
            JsonNode next = rest.get(Rest.query(
                            "/v1/reports/picky/parked",
                            "cursor",
                            page.path("nextCursor").stringValue()))
                    .ok()
                    .json();
            assertThat(next.path("parked")).hasSize(1);
            assertThat(next.at("/parked/0").has("reason")).as("it only waits").isFalse();
            assertThat(scraped(rest)).contains("keyledger_reports_parked_records{report=\"picky\"} 2.0");

            rest.send("POST", "/v1/reports/picky/retry", "").ok();
            awaitReport(node, "picky");
            assertThat(report(node, "picky").path("parked").longValue())
                    .as("nothing was repaired")
                    .isEqualTo(2);
            System.setProperty("keyledger.test.picky.cured", "true");
            assertThat(rest.send("POST", "/v1/reports/picky/retry", "")
                            .ok()
                            .json()
                            .path("parked")
                            .longValue())
                    .isEqualTo(2);
            awaitReport(node, "picky");
            assertThat(report(node, "picky").path("parked").longValue()).isZero();
            assertThat(reasons()).containsExactly("before", "poison secret-4711", "behind", "beside");

            System.clearProperty("keyledger.test.picky.cured");
            describe(kms, poisoned, "poison again");
            awaitReport(node, "picky");
            long place = rest.get("/v1/reports/picky/parked")
                    .ok()
                    .json()
                    .at("/parked/0/logIndex")
                    .longValue();
            rest.send("DELETE", "/v1/reports/picky/parked/" + place, "").ok();
            assertThat(report(node, "picky").path("parked").longValue()).isZero();
        }
        assertThat(sql().sql("""
                        select action || ' ' || outcome from audit_record
                        where action in ('RetryParkedRecords', 'EvictParkedRecord') and reason like 'picky%' order by record_id
                        """).query(String.class).list())
                .containsExactly(
                        "RetryParkedRecords Success", "RetryParkedRecords Success", "EvictParkedRecord Success");
    }

    private static void describe(Kms kms, MadeKey key, String reason) {
        kms.call("DescribeKey", "KeyId", key.id(), "x-keyledger-reason", reason).ok();
    }

    private List<String> reasons() {
        return sql().sql("select reason from ext_picky_reasons order by place")
                .query(String.class)
                .list();
    }

    private static String scraped(Rest rest) {
        return rest.get("/actuator/prometheus").ok().text();
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
