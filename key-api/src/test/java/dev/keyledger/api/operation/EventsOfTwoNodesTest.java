package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.feed.FeedNews;
import dev.keyledger.api.rest.events.Streams;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The feed is the event store, whoever writes and wherever somebody listens, also if nodes tell each other nothing. */
class EventsOfTwoNodesTest {

    private static final String STREAM = "/v1/events/stream";

    /** Of how often a client is cut; a failure is found again with it. */
    private static final long SEED = 20_261_124;

    /** Of the key that is made when all writers are done. */
    private static final String LAST = "the last";

    @Test
    void a_client_that_is_cut_at_random_gets_what_the_store_has_though_nodes_tell_each_other_nothing()
            throws Exception {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode first =
                        quiet(database).set("KEYLEDGER_EVENT_STREAMS", "2").start();
                TestNode second = quiet(database).start()) {
            CompletableFuture<?>[] writers = Stream.of(first, second, first, second)
                    .map(node -> CompletableFuture.runAsync(() -> write(node)))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture<Void> all = CompletableFuture.allOf(writers)
                    .thenRun(() -> new Kms(second)
                            .call("CreateKey", "Description", LAST)
                            .ok());
            Map<String, List<String>> told = new HashMap<>();
            Random cuts = new Random(SEED);
            @Nullable String lastEventId = null;
            String last = "";
            boolean over = false;
            while (!over) {
                TestNode node = cuts.nextBoolean() ? first : second;
                try (EventReader reader = EventReader.open(node, STREAM + "?from=beginning", lastEventId)) {
                    for (int left = 1 + cuts.nextInt(40); left > 0 && !over; left--) {
                        EventReader.Told next = reader.next(1).get(0);
                        assertThat(next.id()).isGreaterThan(last);
                        last = next.id();
                        told.computeIfAbsent(next.subject(), subject -> new ArrayList<>())
                                .add(next.event().path("id").stringValue());
                        over = next.event().at("/data/description").asString("").equals(LAST);
                    }
                    lastEventId = reader.lastEventId();
                }
            }
            all.get();

            assertThat(told).isEqualTo(stored(first));
            onlySoManyStreams(first);
        }
    }

    private static TestNode.Builder quiet(TestDatabase database) {
        return TestNode.with().database(database).set("KEYLEDGER_NOTIFY", "off");
    }

    private static void write(TestNode node) {
        Kms kms = new Kms(node);
        for (int i = 0; i < 6; i++) {
            String key = kms.call("CreateKey").ok().text("KeyMetadata.KeyId");
            String alias = "alias/two-nodes-" + key;
            kms.call("CreateAlias", "KeyId", key, "AliasName", alias).ok();
            for (int j = 0; j < 4; j++) {
                kms.call("DisableKey", "KeyId", key).ok();
                kms.call("EnableKey", "KeyId", key).ok();
            }
            kms.call("DeleteAlias", "AliasName", alias).ok();
        }
    }

    private static Map<String, List<String>> stored(TestNode node) {
        Map<String, List<String>> stored = new HashMap<>();
        node.sql()
                .sql(
                        "select aggregate_identifier, event_identifier from domain_event order by aggregate_identifier, sequence_number")
                .query(row -> {
                    stored.computeIfAbsent(row.getString(1), subject -> new ArrayList<>())
                            .add(row.getString(2));
                });
        return stored;
    }

    /** A node of two streams refuses the third, says when to come back, and has room again when one goes. */
    private static void onlySoManyStreams(TestNode node) throws Exception {
        Awaitility.await().until(() -> Streams.connected(node) == 0);
        try (EventReader one = EventReader.open(node, STREAM);
                EventReader two = EventReader.open(node, STREAM)) {
            assertThat(List.of(one, two)).hasSize(2);
            HttpResponse<java.io.InputStream> refused =
                    EventReader.answer(node, STREAM, null, TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
            refused.body().close();
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
        }
        Awaitility.await().until(() -> Streams.connected(node) == 0);
        EventReader.open(node, STREAM).close();
    }

    @Test
    void a_change_on_one_node_is_told_to_those_who_listen_on_the_other_and_streams_end_with_their_node()
            throws Exception {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode first = TestNode.with().database(database).start();
                TestNode second = TestNode.with().database(database).start()) {
            for (TestNode writer : List.of(first, second)) {
                TestNode listener = writer == first ? second : first;
                Semaphore heard = new Semaphore(0);
                Runnable noMore = listener.bean(FeedNews.class).follow(heard::release);
                heard.drainPermits();
                String key = new Kms(writer).call("CreateKey").ok().text("KeyMetadata.KeyId");

                // Whichever of them gives the places: nobody else would say so here.
                assertThat(heard.tryAcquire(30, TimeUnit.SECONDS)).as("a hint").isTrue();
                noMore.run();
                try (EventReader reader = EventReader.open(listener, STREAM + "?from=beginning&key=" + key)) {
                    assertThat(reader.next(1).get(0).subject()).isEqualTo(key);
                }
            }
            try (EventReader reader = EventReader.open(second, STREAM)) {
                second.keyledger().close();

                assertThat(reader.next()).isNull();
            }
            assertThat(Set.of(first)).hasSize(1);
        }
    }
}
