package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.model.Act;
import dev.keyledger.model.Script;
import dev.keyledger.model.Script.Pace;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.history.KeyHistory;
import dev.keyledger.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What keys were, against what DescribeKey said then; on a node whose timers stand still, so that nobody records an expiry. */
class AsOfTest {

    private static final int SCRIPTS = 6;
    private static final Duration A_MOMENT = Duration.ofSeconds(2);

    private static TestNode node;
    private static Kms kms;
    private static Keys keys;
    private static Rest rest;
    private static NodeWorld time;

    @BeforeAll
    static void start() {
        node = TestNode.with().testClock().start();
        NodeWorld.withoutTimers(node);
        kms = new Kms(node);
        keys = new Keys(kms);
        rest = new Rest(node);
        time = new NodeWorld(node, false);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /**
     * One answer of DescribeKey.
     *
     * @param metadata null if the key was gone
     */
    private record Described(
            String keyId,
            UUID request,
            @Nullable JsonNode metadata,
            @Nullable Map<String, String> tags) {}

    /** The answers, some moments after everything that was done and before everything that follows. */
    private static Described describe(String keyId) {
        Reply reply = kms.call("DescribeKey", "KeyId", keyId);
        boolean gone = reply.code().equals("Forbidden.KeyNotFound");
        Map<String, String> tags = new TreeMap<>();
        if (!gone) {
            kms.call("ListResourceTags", "KeyId", keyId)
                    .ok()
                    .body()
                    .at("/Tags/Tag")
                    .forEach(tag -> tags.put(
                            tag.path("TagKey").stringValue(),
                            tag.path("TagValue").stringValue()));
        }
        return new Described(
                keyId, reply.requestId(), gone ? null : reply.body().path("KeyMetadata"), gone ? null : tags);
    }

    private static Instant timeOf(UUID request) {
        return node.bean(AuditRecordReader.class).ofRequest(request).get(0).time();
    }

    private static long indexOf(UUID request) {
        return rest.get(Rest.query("/v1/audit/records", "requestId", request.toString()))
                .ok()
                .json()
                .at("/records/0/logIndex")
                .longValue();
    }

    private static Rest.Answer asOf(String keyId, String at) {
        return rest.get(Rest.query("/v1/keys/" + keyId, "at", at));
    }

    @Test
    void every_key_was_at_every_moment_what_describe_key_said_then() {
        List<Described> answers = new ArrayList<>();
        List<List<Described>> sweeps = new ArrayList<>();
        Set<String> made = new HashSet<>();
        for (long seed = 1; seed <= SCRIPTS; seed++) {
            Script script = Script.of(seed, Script.LENGTH_OVER_HTTP, Pace.COARSE);
            NodeWorld world = new NodeWorld(node, script.external());
            made.add(world.keyId());
            for (Script.Step step : script.steps()) {
                if (step.act() instanceof Act.Expire && seed % 2 == 0) {
                    continue;
                }
                world.pass(step.pause().plus(A_MOMENT));
                world.act(step.act());
                world.pass(A_MOMENT);
                answers.add(describe(world.keyId()));
            }
            // Of the keys of earlier scripts nothing was written since, and some have expired.
            List<Described> sweep = made.stream().map(AsOfTest::describe).toList();
            sweeps.add(sweep);
            answers.addAll(sweep);
            world.pass(A_MOMENT);
            made.add(expiringInDays());
        }
        rest.settle();

        int expired = 0;
        for (Described answer : answers) {
            String instant = timeOf(answer.request()).toString();
            for (String at : List.of(instant, Long.toString(indexOf(answer.request())))) {
                Rest.Answer then = asOf(answer.keyId(), at);
                if (answer.metadata() == null) {
                    then.refused(404, "Forbidden.KeyNotFound", "ask for an earlier instant");
                    continue;
                }
                JsonNode key = then.ok().json();
                assertThat(key.path("keyMetadata"))
                        .as("%s at %s", answer.keyId(), at)
                        .isEqualTo(answer.metadata());
                Map<String, String> tags = new TreeMap<>();
                key.path("tags")
                        .properties()
                        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().stringValue()));
                assertThat(tags).isEqualTo(answer.tags());
                boolean byExpiry = key.at("/state/began/cause").stringValue().equals("expiry");
                expired += byExpiry && key.at("/lastEvent/name").stringValue().endsWith("material-imported") ? 1 : 0;
            }
        }
        assertThat(answers).hasSizeGreaterThan(150);
        assertThat(expired).as("looks at keys whose expiry nobody had recorded").isGreaterThan(5);
        sweeps.forEach(AsOfTest::compareAll);
    }

    /** A key that nobody ever does anything to again. */
    private static String expiringInDays() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        Instant expiry = node.bean(StoreClock.class).now().plus(Duration.ofDays(3));
        keys.importWith(
                        parameters,
                        parameters.wrap(key.material()),
                        "KeyMaterialExpireUnix",
                        Long.toString(expiry.getEpochSecond()))
                .ok();
        return key.id();
    }

    /** All keys at the instant of a sweep, page by page. */
    private static void compareAll(List<Described> sweep) {
        String at = timeOf(sweep.get(sweep.size() - 1).request()).toString();
        Map<String, JsonNode> found = new LinkedHashMap<>();
        JsonNode page =
                rest.get(Rest.query("/v1/keys", "at", at, "limit", "2")).ok().json();
        while (true) {
            page.path("keys")
                    .forEach(key -> found.put(key.at("/keyMetadata/KeyId").stringValue(), key.path("keyMetadata")));
            if (!page.has("nextCursor")) {
                break;
            }
            page = rest.get(Rest.query(
                            "/v1/keys", "cursor", page.path("nextCursor").stringValue(), "limit", "3"))
                    .ok()
                    .json();
            assertThat(page.path("at").stringValue()).isEqualTo(at);
        }
        for (Described answer : sweep) {
            assertThat(found.get(answer.keyId())).isEqualTo(answer.metadata());
        }
    }

    @Test
    void a_stream_has_every_key_to_the_byte_as_the_pages_have_it() {
        for (int i = 0; i < 5; i++) {
            kms.call("DisableKey", "KeyId", keys.generated().id()).ok();
        }
        MadeKey last = keys.external();
        time.pass(A_MOMENT);
        UUID described = keys.describe(last).requestId();
        rest.settle();
        for (String moment : List.of(timeOf(described).toString(), Long.toString(indexOf(described)))) {
            String path = Rest.query("/v1/keys", "at", moment);

            Rest.Answer stream =
                    rest.get(path, "Accept", "application/x-ndjson").ok();

            JsonNode page = rest.get(path + "&limit=200").ok().json();
            StringBuilder lines = new StringBuilder();
            page.path("keys").forEach(key -> lines.append(key).append('\n'));
            assertThat(page.has("nextCursor")).isFalse();
            assertThat(stream.text()).isEqualTo(lines.toString()).contains(last.id());
            assertThat(stream.header("content-type")).isEqualTo("application/x-ndjson");
            assertThat(stream.header("x-keyledger-at"))
                    .isEqualTo(page.path("at").stringValue());
            assertThat(Long.parseLong(stream.header("x-keyledger-log-size"))).isPositive();
        }
        rest.get("/v1/keys?limit=2", "Accept", "application/x-ndjson")
                .refused(400, "InvalidParameter", "A stream has all keys");
    }

    @Test
    void histories_are_the_same_in_whatever_parts_they_are_read() {
        MadeKey key = keys.generated();
        kms.call("DisableKey", "KeyId", key.id()).ok();
        keys.generated();
        rest.settle();
        KeyHistories histories = node.bean(KeyHistories.class);
        List<KeyHistory> all = histories.of(histories.keys(null, 1_000));
        assertThat(all).hasSizeBetween(2, 999);
        assertThat(all).allSatisfy(each -> assertThat(each).isEqualTo(histories.of(each.keyId())));
        for (int events : new int[] {1, 2, 3, 17, 10_000}) {
            List<KeyHistory> read = new ArrayList<>();
            for (List<KeyHistory> part = histories.following(null, events);
                    !part.isEmpty();
                    part = histories.following(part.get(part.size() - 1).keyId(), events)) {
                read.addAll(part);
            }
            assertThat(read).isEqualTo(all);
        }
    }

    @Test
    void an_answer_says_what_made_the_key_so_and_when_it_stopped_being_so() {
        MadeKey key = keys.external();
        time.pass(A_MOMENT);
        IssuedParameters parameters = keys.parameters(key.id());
        Instant expiry = describedAt(key).truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1));
        Reply imported = keys.importWith(
                        parameters,
                        parameters.wrap(key.material()),
                        "KeyMaterialExpireUnix",
                        Long.toString(expiry.getEpochSecond()),
                        "x-keyledger-reason",
                        "ticket 17")
                .ok();
        time.pass(A_MOMENT);
        Instant during = describedAt(key);
        time.pass(Duration.ofHours(3));
        Instant after = describedAt(key);
        time.pass(A_MOMENT);
        Reply again =
                keys.importWith(parameters, parameters.wrap(key.material())).ok();
        time.pass(A_MOMENT);
        rest.settle();

        JsonNode enabled = asOf(key.id(), during.toString()).ok().json().path("state");
        assertThat(enabled.path("name").stringValue()).isEqualTo("Enabled");
        assertThat(enabled.at("/began/cause").stringValue()).isEqualTo("event");
        assertThat(enabled.at("/began/event/name").stringValue()).isEqualTo("keyledger.key.material-imported");
        assertThat(enabled.at("/began/event/record/requestId").stringValue())
                .isEqualTo(imported.requestId().toString());
        assertThat(enabled.at("/began/event/record/action").stringValue()).isEqualTo("ImportKeyMaterial");
        assertThat(enabled.at("/began/event/record/callerReason").stringValue()).isEqualTo("ticket 17");
        assertThat(enabled.at("/began/event/record/logIndex").longValue()).isEqualTo(indexOf(imported.requestId()));
        assertThat(enabled.at("/ended/cause").stringValue()).isEqualTo("expiry");
        assertThat(enabled.at("/ended/at").stringValue()).isEqualTo(expiry.toString());

        JsonNode pending = asOf(key.id(), after.toString()).ok().json().path("state");
        assertThat(pending.path("name").stringValue()).isEqualTo("PendingImport");
        assertThat(pending.path("began")).isEqualTo(enabled.path("ended"));
        assertThat(pending.at("/ended/event/record/requestId").stringValue())
                .isEqualTo(again.requestId().toString());

        JsonNode now = rest.get("/v1/keys/" + key.id()).ok().json().path("state");
        assertThat(now.path("name").stringValue()).isEqualTo("Enabled");
        assertThat(now.path("began")).isEqualTo(pending.path("ended"));
        assertThat(now.has("ended")).isFalse();
        assertThat(asOf(key.id(), expiry.minusMillis(1).toString())
                        .ok()
                        .json()
                        .at("/state/name")
                        .stringValue())
                .isEqualTo("Enabled");
        assertThat(asOf(key.id(), expiry.toString())
                        .ok()
                        .json()
                        .at("/state/name")
                        .stringValue())
                .isEqualTo("PendingImport");
    }

    private static Instant describedAt(MadeKey key) {
        return timeOf(keys.describe(key).requestId());
    }

    @Test
    void what_was_not_there_is_not_found_with_words_that_help() {
        Instant before = describedAt(keys.generated());
        time.pass(A_MOMENT);
        MadeKey key = keys.generated();
        rest.settle();

        asOf(key.id(), before.toString()).refused(404, "Forbidden.KeyNotFound", "It was created at ");
        asOf(key.id(), "0").refused(404, "Forbidden.KeyNotFound", "ask for a later instant");
        asOf(UUID.randomUUID().toString(), before.toString())
                .refused(404, "Forbidden.KeyNotFound", "There never was a key");
        asOf("alias", before.toString()).refused(404, "Forbidden.KeyNotFound", "named by its id");
        asOf(key.id(), "2999-01-01T00:00:00Z").refused(400, "InvalidParameter", "It lies in the future");
        asOf(key.id(), "987654321").refused(400, "InvalidParameter", "The log is known up to index ");
        asOf(key.id(), "tomorrow").refused(400, "InvalidParameter", "Or it is an index of the audit log");
        rest.get("/v1/keys?limit=201").refused(400, "InvalidParameter", "from 1 to 200");
        rest.get("/v1/keys?cursor=MWs").refused(400, "InvalidParameter", "nextCursor");
        rest.get("/v1/keys/" + key.id() + "?when=now").refused(400, "InvalidParameter", "This endpoint has: at.");
    }

    @Test
    void the_time_line_tells_what_happened_who_did_it_and_what_time_did() {
        MadeKey key = keys.external();
        IssuedParameters parameters = keys.parameters(key.id());
        Instant expiry = describedAt(key).truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofHours(1));
        keys.importWith(
                        parameters,
                        parameters.wrap(key.material()),
                        "KeyMaterialExpireUnix",
                        Long.toString(expiry.getEpochSecond()))
                .ok();
        Reply use =
                kms.call("Encrypt", "KeyId", key.id(), "Plaintext", Keys.HELLO).ok();
        Reply disabled = kms.call("DisableKey", "KeyId", key.id()).ok();
        time.pass(Duration.ofHours(2));
        rest.settle();
        String path = "/v1/keys/" + key.id() + "/timeline";

        JsonNode lines = rest.get(path).ok().json().path("lines");

        assertThat(texts(lines))
                .satisfiesExactly(
                        text -> assertThat(text).isEqualTo("The key was created and waits for its owner's material."),
                        text -> assertThat(text)
                                .startsWith("A wrapping key (RSA_2048, RSAES_OAEP_SHA_256) and an import token were"),
                        text -> assertThat(text).startsWith("Material was imported and expires at "),
                        text -> assertThat(text).isEqualTo("The key was disabled."),
                        text -> assertThat(text).startsWith("The material expired at "));
        JsonNode line = lines.get(3);
        assertThat(line.path("cause").stringValue()).isEqualTo("DisableKey");
        assertThat(line.path("principal").stringValue()).isEqualTo("bootstrap");
        assertThat(line.path("keyStateVersion").longValue()).isEqualTo(3);
        assertThat(line.at("/event/name").stringValue()).isEqualTo("keyledger.key.disabled");
        assertThat(line.at("/event/record/requestId").stringValue())
                .isEqualTo(disabled.requestId().toString());
        assertThat(line.at("/event/record/logIndex").longValue()).isEqualTo(indexOf(disabled.requestId()));
        // The use saw the key as the line before left it.
        assertThat(node.bean(AuditRecordReader.class)
                        .ofRequest(use.requestId())
                        .get(0)
                        .keyStateVersions())
                .containsExactly(2L);
        JsonNode expired = lines.get(4);
        assertThat(expired.path("cause").stringValue()).isEqualTo("expiry");
        assertThat(expired.path("principal").stringValue()).isEqualTo("system");
        assertThat(expired.path("at").stringValue()).isEqualTo(expiry.toString());
        assertThat(expired.has("event")).isFalse();

        // Whoever comes next notes it, and has not caused it.
        keys.parameters(key.id());
        rest.settle();
        JsonNode noted = rest.get(path).ok().json().path("lines");
        assertThat(texts(noted)).hasSize(6).startsWith(texts(lines).toArray(String[]::new));
        assertThat(noted.at("/4/principal").stringValue()).isEqualTo("system");
        assertThat(noted.at("/4/at").stringValue()).isEqualTo(expiry.toString());
        assertThat(noted.at("/4/event/record/action").stringValue()).isEqualTo("GetParametersForImport");

        List<String> paged = new ArrayList<>();
        JsonNode page = rest.get(path + "?limit=4").ok().json();
        paged.addAll(texts(page.path("lines")));
        String cursor = page.path("nextCursor").stringValue();
        page = rest.get(path + "?limit=4&cursor=" + cursor).ok().json();
        paged.addAll(texts(page.path("lines")));
        assertThat(page.has("nextCursor")).isFalse();
        assertThat(paged).isEqualTo(texts(noted));

        rest.get("/v1/keys/" + keys.generated().id() + "/timeline?cursor=" + cursor)
                .refused(400, "InvalidParameter", "the time line of another key");
        rest.get("/v1/keys/" + UUID.randomUUID() + "/timeline")
                .refused(404, "Forbidden.KeyNotFound", "There never was a key");
    }

    private static List<String> texts(JsonNode lines) {
        List<String> texts = new ArrayList<>();
        lines.forEach(line -> texts.add(line.path("text").stringValue()));
        return texts;
    }
}
