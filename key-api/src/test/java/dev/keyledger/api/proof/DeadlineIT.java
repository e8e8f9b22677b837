package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is due happens by itself: nobody has to ask, and no downtime loses it. The database is asked, because a request could be the nudge. */
class DeadlineIT {

    private static final Duration TIMER_LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private KeyledgerProcess start() {
        return KeyledgerProcess.in(directory.resolve("node"))
                .with("KEYLEDGER_TEST_CLOCK", "true")
                .start();
    }

    private static long facts(Store store, String fact, String keyId) {
        return store.count("select count(*) from domain_event where payload_type = '" + fact
                + "' and aggregate_identifier like '%" + keyId + "'");
    }

    private static void awaitFact(Store store, String fact, String keyId) {
        Await.until(fact + " of " + keyId, TIMER_LIMIT, () -> facts(store, fact, keyId) == 1);
    }

    @Test
    void on_day_31_the_key_is_gone_and_just_before_it_could_be_saved() {
        try (KeyledgerProcess node = start()) {
            SignedHttp client = new SignedHttp(node);
            DrivenClock clock = new DrivenClock(node);
            Store store = Store.embeddedIn(node);
            ExternalKey key = ExternalKey.holding(client, Wrapping.material());

            key.schedule(30).granted();
            clock.advance(Duration.ofDays(30).minusMinutes(1));
            key.call("CancelKeyDeletion").granted();
            clock.advance(Duration.ofMinutes(5));
            assertThat(key.state()).isEqualTo("Enabled");

            key.schedule(30).granted();
            clock.advance(Duration.ofDays(30).minusMinutes(1));
            assertThat(key.state()).isEqualTo("PendingDeletion");
            clock.advance(Duration.ofDays(1));
            awaitFact(store, "keyledger.key.destroyed", key.keyId());
            key.call("DescribeKey").refusedWith("Forbidden.KeyNotFound");
            assertThat(store.count("select count(*) from key_material")).isZero();
            assertThat(store.count("select count(*) from key_binding")).isZero();
            node.stop();
        }
    }

    @Test
    void material_that_expires_while_its_key_waits_for_deletion_leaves_it_waiting() {
        try (KeyledgerProcess node = start()) {
            SignedHttp client = new SignedHttp(node);
            DrivenClock clock = new DrivenClock(node);
            Store store = Store.embeddedIn(node);
            ExternalKey key = ExternalKey.create(client, "RSAES_OAEP_SHA_256");
            Instant expiry = clock.now().plus(Duration.ofDays(1));
            client.call(
                            "ImportKeyMaterial",
                            Map.of(
                                    "KeyId",
                                    key.keyId(),
                                    "ImportToken",
                                    key.token(),
                                    "EncryptedKeyMaterial",
                                    Wrapping.wrap("RSAES_OAEP_SHA_256", key.publicKey(), Wrapping.material()),
                                    "KeyMaterialExpireUnix",
                                    Long.toString(expiry.getEpochSecond())))
                    .granted();
            key.schedule(7).granted();
            String deleteDate = key.call("DescribeKey").granted().text("KeyMetadata.DeleteDate");
            clock.advance(Duration.ofDays(2));
            awaitFact(store, "keyledger.key.material-expired", key.keyId());
            Answer described = key.call("DescribeKey").granted();
            assertThat(described.text("KeyMetadata.KeyState")).isEqualTo("PendingDeletion");
            assertThat(described.text("KeyMetadata.DeleteDate")).isEqualTo(deleteDate);
            key.call("CancelKeyDeletion").granted();
            assertThat(key.state()).isEqualTo("PendingImport");
            node.stop();
        }
    }

    @Test
    void a_node_that_was_dead_when_it_was_due_does_it_when_it_is_back() {
        KeyledgerProcess node = start();
        try {
            SignedHttp client = new SignedHttp(node);
            ExternalKey doomed = ExternalKey.holding(client, Wrapping.material());
            ExternalKey kept = ExternalKey.holding(client, Wrapping.material());
            doomed.schedule(7).granted();
            kept.schedule(30).granted();
            new DrivenClock(node).advance(Duration.ofDays(6));
            node.kill();
            passTime(node, Duration.ofDays(3));

            node = node.restart();
            Store store = Store.embeddedIn(node);
            awaitFact(store, "keyledger.key.destroyed", doomed.keyId());
            assertThat(facts(store, "keyledger.key.destroyed", kept.keyId())).isZero();
            KmsClient after = new SignedHttp(node);
            after.call("DescribeKey", Map.of("KeyId", doomed.keyId())).refusedWith("Forbidden.KeyNotFound");
            assertThat(after.call("DescribeKey", Map.of("KeyId", kept.keyId()))
                            .granted()
                            .text("KeyMetadata.KeyState"))
                    .isEqualTo("PendingDeletion");
            node.stop();
        } finally {
            node.close();
        }
    }

    /** Moves store time while no node runs, as time itself does. */
    private static void passTime(KeyledgerProcess dead, Duration duration) {
        Path data = dead.dataDirectory();
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data.resolve("postgres"), data, line -> {})) {
            Store store = Store.of(server.jdbcUrl(), server.ownerUser(), server.ownerPassword());
            JdbcClient.create(store.dataSource())
                    .sql("update store_clock set \"offset\" = \"offset\" + make_interval(secs => :seconds)")
                    .param("seconds", duration.toSeconds())
                    .update();
        }
    }

    @Test
    void a_hundred_deadlines_on_two_nodes_fire_once_each() throws InterruptedException {
        try (NodePair pair = new NodePair(directory, true)) {
            int keys = 100;
            List<String> doomed = new ArrayList<>();
            SignedHttp first = new SignedHttp(pair.first());
            SignedHttp second = new SignedHttp(pair.second());
            IntStream.range(0, keys)
                    .forEach(number -> doomed.add(
                            first.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId")));
            Threads.run(8, thread -> {
                for (int i = thread; i < keys; i += 8) {
                    (i % 2 == 0 ? first : second)
                            .call("ScheduleKeyDeletion", Map.of("KeyId", doomed.get(i), "PendingWindowInDays", "7"))
                            .granted();
                }
            });
            new DrivenClock(pair.first()).advance(Duration.ofDays(8));
            Store store = pair.store();
            Await.until(
                    "all keys are destroyed", TIMER_LIMIT, () -> store.count("select count(*) from key_state") == 0);
            assertThat(store.count("select count(*) from domain_event where payload_type = 'keyledger.key.destroyed'"))
                    .isEqualTo(keys);
            assertThat(
                            store.count(
                                    "select count(distinct aggregate_identifier) from domain_event where payload_type = 'keyledger.key.destroyed'"))
                    .isEqualTo(keys);
            assertThat(store.count("select count(*) from key_material")).isZero();
        }
    }
}
