package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.rest.events.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** {@code GET /v1/events/stream}: what happens to keys, as it happens and from any moment of the past. */
@ExtendWith(NodeExtension.class)
class EventStreamTest {

    private static final String STREAM = "/v1/events/stream";

    /** Of an event that came whole. */
    private static final Pattern SEQUENCE = Pattern.compile("id: ([0-9.]{24})\ndata: [^\n]*\n\n");

    private TestNode node;
    private Kms kms;
    private Keys keys;
    private Rest rest;

    @BeforeEach
    void use(TestNode shared) {
        node = shared;
        kms = new Kms(shared);
        keys = new Keys(kms);
        rest = new Rest(shared);
        // Those of the test before.
        Awaitility.await().until(() -> Streams.connected(shared) == 0);
    }

    private static String of(String key, String... more) {
        return Rest.query(Rest.query(STREAM, "key", key), more);
    }

    /** A key whose past has its places in the feed: who begins to listen now is told only of what comes. */
    private String settled() {
        String key = keys.generated().id();
        rest.settle();
        return key;
    }

    private void change(String key, int times) {
        for (int i = 0; i < times; i++) {
            kms.call("UpdateKeyDescription", "KeyId", key, "Description", "no. " + i)
                    .ok();
        }
    }

    /** Ids of what the store has of a subject, in its order. */
    private List<String> stored(String subject) {
        return node.sql()
                .sql(
                        "select event_identifier from domain_event where aggregate_identifier = :it order by sequence_number")
                .param("it", subject)
                .query(String.class)
                .list();
    }

    private static List<String> ids(List<EventReader.Told> told) {
        return told.stream().map(each -> each.event().path("id").stringValue()).toList();
    }

    @Test
    void a_change_is_told_to_whoever_listens() {
        String key = settled();
        try (EventReader reader = EventReader.open(node, of(key))) {
            kms.call("DisableKey", "KeyId", key).ok();

            EventReader.Told told = reader.next(1).get(0);

            assertThat(told.type()).isEqualTo("keyledger.key.disabled");
            assertThat(told.subject()).isEqualTo(key);
            assertThat(told.id()).isEqualTo(told.event().path("sequence").stringValue());
        }
    }

    @Test
    void a_stream_from_the_beginning_tells_what_the_pages_tell_and_goes_on() {
        String key = keys.generated().id();
        change(key, 3);
        rest.settle();
        JsonNode page = rest.get("/v1/events?key=" + key).ok().json();
        try (EventReader reader = EventReader.open(node, of(key, "from", "beginning"))) {
            List<EventReader.Told> told = reader.next(4);

            assertThat(told.stream().map(EventReader.Told::event)).containsExactlyElementsOf(page);
            change(key, 1);
            assertThat(reader.next(1).get(0).type()).isEqualTo("keyledger.key.description-changed");
        }
    }

    @Test
    void a_stream_begins_where_it_is_told_to() {
        String key = keys.generated().id();
        change(key, 2);
        rest.settle();
        JsonNode page = rest.get("/v1/events?key=" + key).ok().json();
        String second = page.get(1).path("sequence").stringValue();
        String thirdTime = page.get(2).path("time").stringValue();
        for (String path : List.of(
                of(key, "after", second), of(key, "from", thirdTime, "type", "keyledger.key.description-changed"))) {
            try (EventReader reader = EventReader.open(node, path)) {
                EventReader.Told last = reader.next();
                while (last != null && !last.event().equals(page.get(2))) {
                    // Two changes may be of one millisecond.
                    assertThat(path).contains("from=");
                    last = reader.next();
                }
                assertThat(last).isNotNull();
            }
        }
        try (EventReader reader = EventReader.open(node, of(key, "from", "beginning"), second)) {
            // Who comes back sends the query that he began with.
            assertThat(reader.next(1).get(0).event()).isEqualTo(page.get(2));
        }
    }

    @Test
    void a_stream_that_is_cut_at_each_event_tells_each_once_and_in_order() {
        String key = keys.generated().id();
        change(key, 12);
        List<String> told = new ArrayList<>();
        @Nullable String lastEventId = null;
        while (told.size() < 13) {
            try (EventReader reader = EventReader.open(node, of(key, "from", "beginning"), lastEventId)) {
                told.addAll(ids(reader.next(1)));
                lastEventId = reader.lastEventId();
            }
        }

        assertThat(told).isEqualTo(stored(key));
    }

    @Test
    void where_replay_meets_what_happens_meanwhile_nothing_is_missing_and_nothing_comes_twice() throws Exception {
        String key = keys.generated().id();
        change(key, 20);
        for (int round = 0; round < 3; round++) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> change(key, 20));
            int expected = 1 + 20 + 20 * (round + 1);
            try (EventReader reader = EventReader.open(node, of(key, "from", "beginning"));
                    EventReader everything = EventReader.open(node, STREAM + "?from=beginning")) {
                List<String> told = ids(reader.next(expected));
                List<String> ofTheKey = new ArrayList<>();
                while (ofTheKey.size() < expected) {
                    EventReader.Told next = everything.next(1).get(0);
                    if (next.subject().equals(key)) {
                        ofTheKey.addAll(ids(List.of(next)));
                    }
                }

                assertThat(told).isEqualTo(stored(key)).isEqualTo(ofTheKey);
            }
            writer.get();
        }
    }

    @Test
    void a_client_that_takes_nothing_is_cut_and_goes_on_where_it_was() throws IOException {
        String key = keys.generated().id();
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4_096);
            slow.connect(new InetSocketAddress(
                    node.baseUri().getHost(), node.baseUri().getPort()));
            slow.getOutputStream().write(request(of(key, "from", "beginning")).getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> Streams.connected(node) == 1);
            String text = "x".repeat(8_000);
            for (int i = 0; Streams.full(node) == 0; i++) {
                kms.call("UpdateKeyDescription", "KeyId", key, "Description", i + text)
                        .ok();
            }
            Streams.pass(node, Duration.ofSeconds(29));
            assertThat(Streams.connected(node)).isEqualTo(1);

            Streams.pass(node, Duration.ofSeconds(31));

            assertThat(Streams.connected(node)).isZero();
            String got = new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            List<String> sequences =
                    SEQUENCE.matcher(got).results().map(found -> found.group(1)).toList();
            List<String> told = new ArrayList<>(sequences);
            int missing = stored(key).size() - told.size();
            assertThat(missing).isPositive();
            try (EventReader again =
                    EventReader.open(node, of(key, "from", "beginning"), sequences.get(sequences.size() - 1))) {
                again.next(missing).forEach(event -> told.add(event.id()));
            }
            assertThat(told).isSorted().doesNotHaveDuplicates();
        }
    }

    private static String request(String path) {
        String login = TestNode.ACCESS_KEY_ID + ":" + TestNode.ACCESS_KEY_SECRET;
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic "
                + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.US_ASCII)) + "\r\n\r\n";
    }

    @Test
    void who_is_told_nothing_is_sent_a_sign_of_life() {
        try (EventReader reader = EventReader.open(node, Rest.query(STREAM, "type", "keyledger.key.destroyed"))) {
            Awaitility.await().until(() -> Streams.connected(node) == 1);
            String passedOver = keys.generated().id();
            rest.settle();
            String sequence = rest.get("/v1/events?key=" + passedOver)
                    .ok()
                    .json()
                    .get(0)
                    .path("sequence")
                    .stringValue();

            // With the position read to: what it passed over is not looked at again.
            while (reader.nextPosition().compareTo(sequence) < 0) {
                Streams.pass(node, Duration.ofSeconds(16));
            }
        }
    }

    @Test
    void a_tag_is_looked_at_as_it_was_at_each_event() {
        String key = keys.generated().id();
        String team = "stream-" + key.substring(0, 8);
        try (EventReader reader = EventReader.open(node, Rest.query(STREAM, "tag", "team:" + team))) {
            kms.call("DisableKey", "KeyId", key).ok();
            kms.call("TagResource", "KeyId", key, "Tags", "[{\"TagKey\":\"team\",\"TagValue\":\"" + team + "\"}]")
                    .ok();
            kms.call("EnableKey", "KeyId", key).ok();

            assertThat(reader.next(2).stream().map(EventReader.Told::type))
                    .containsExactly("keyledger.key.tags-changed", "keyledger.key.enabled");
        }
    }

    @Test
    void whoever_loses_his_access_key_is_told_no_more() {
        JsonNode made = rest.send("POST", "/v1/access-keys", "{\"principal\":\"listener\"}")
                .json();
        String id = made.path("accessKeyId").stringValue();
        String key = settled();
        try (EventReader reader =
                EventReader.open(node, of(key), id, made.path("accessKeySecret").stringValue())) {
            Streams.recheck(node);
            kms.call("DisableKey", "KeyId", key).ok();
            assertThat(reader.next(1)).hasSize(1);

            rest.send("DELETE", "/v1/access-keys/" + id, "");
            Streams.recheck(node);

            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void a_client_that_goes_is_noticed_at_once() {
        EventReader reader = EventReader.open(node, STREAM);
        Awaitility.await().until(() -> Streams.connected(node) == 1);

        reader.close();

        Awaitility.await().until(() -> Streams.connected(node) == 0);
    }

    @Test
    void each_stream_leaves_a_record_when_it_begins() {
        String key = keys.generated().id();
        HttpResponse<InputStream> answer =
                EventReader.answer(node, of(key), null, TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
        try (InputStream body = answer.body()) {
            assertThat(body).isNotNull();
            rest.settle();
            JsonNode record = rest.get(Rest.query(
                            "/v1/audit/records",
                            "requestId",
                            answer.headers().firstValue("x-acs-request-id").orElseThrow()))
                    .ok()
                    .json()
                    .at("/records/0/record");
            assertThat(record.path("action").stringValue()).isEqualTo("StreamEvents");
            assertThat(record.path("outcome").stringValue()).isEqualTo("Success");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void what_a_stream_cannot_do_is_refused() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "from=tomorrow", "beginning or now",
                        "to=2026-01-01T00:00:00Z", "This endpoint has",
                        "after=00000000009999999999.000", "The feed goes up to")
                .entrySet()) {
            rest.get(STREAM + "?" + wrong.getKey()).refused(400, "InvalidParameter", wrong.getValue());
        }
        rest.get(STREAM, "Last-Event-ID", "17").refused(400, "InvalidParameter", "20 digits");
    }

    @Test
    void the_head_of_an_answer_can_be_asked_for_alone() {
        assertThat(rest.send("HEAD", STREAM, "").status()).isEqualTo(200);
    }

    @Test
    void requests_have_as_many_connections_as_without_streams() {
        rest.settle();
        List<EventReader> readers = new ArrayList<>();
        try {
            // Beyond the web server's own limit.
            for (int i = 0; i < 300; i++) {
                readers.add(EventReader.open(node, STREAM));
            }
            String key = keys.generated().id();
            for (EventReader reader : readers) {
                assertThat(reader.next(1).get(0).subject()).isEqualTo(key);
            }
        } finally {
            readers.forEach(EventReader::close);
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Streams.connected(node) == 0);
    }
}
