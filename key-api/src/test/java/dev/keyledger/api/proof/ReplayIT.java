package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.proof.Load.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views of a node that is at work are rebuilt, compared and exchanged from outside, by the shipped jar. */
class ReplayIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final List<Kind> KINDS = List.of(Kind.USES, Kind.CHANGES, Kind.MAKES);

    @Test
    void views_are_compared_and_exchanged_under_load_and_a_killed_replay_goes_on(@TempDir Path directory)
            throws Exception {
        KeyledgerProcess node = KeyledgerProcess.in(directory.resolve("node")).start();
        try {
            SignedHttp client = new SignedHttp(node);
            Store store = Store.embeddedIn(node);
            String key = client.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
            Load load = Load.on(node.url(), node.accessKey(), KINDS);
            try (load) {
                Await.until("there is something to replay", PATIENCE, () -> load.successes(Kind.MAKES) >= 10);
                kill(directory, node, store);

                long before = load.successes();
                ViewReplay.Ended compared = ViewReplay.run(node.dataDirectory(), "--verify");
                assertThat(compared.code())
                        .as(compared.report() + compared.err())
                        .isZero();
                assertThat(compared.report().path("result").asString()).isEqualTo("equal");
                assertThat(compared.report().path("continued").asBoolean()).isTrue();
                assertThat(load.successes()).as("work goes on meanwhile").isGreaterThan(before);

                forge(store, key);
                ViewReplay.Ended exchanged = ViewReplay.run(node.dataDirectory(), "--verify", "--swap");
                assertThat(exchanged.code())
                        .as(exchanged.report() + exchanged.err())
                        .isZero();
                assertThat(exchanged.report().path("result").asString()).isEqualTo("different");
                assertThat(exchanged.report().path("exchanged").asBoolean()).isTrue();
                assertThat(exchanged.report().path("differences"))
                        .singleElement()
                        .satisfies(
                                difference -> assertThat(difference.toString()).contains("key_state", key));
                for (Kind kind : Kind.values()) {
                    long then = load.successes(kind);
                    Await.until(kind + " go on afterwards", PATIENCE, () -> load.successes(kind) > then + 5);
                }
            }
            assertThat(load.codes().keySet()).isSubsetOf("", "Rejected.Throttling", "ServiceUnavailableTemporary");
            assertThat(load.withoutAnswer()).isZero();
            load.checkRecords(store, true);
            load.checkStates(client);
            assertThat(client.call("DescribeKey", Map.of("KeyId", key))
                            .granted()
                            .text("KeyMetadata.KeyState"))
                    .isEqualTo("Enabled");
            assertThat(client.call("ListKeys", Map.of("PageSize", "100"))
                            .granted()
                            .body()
                            .toString())
                    .contains(key);
            node.stop();
        } finally {
            node.close();
        }
        // Nobody runs the database now: it is started for the replay alone.
        assertThat(ViewReplay.compare(node.dataDirectory())).isPositive();
    }

    private static void forge(Store store, String key) {
        assertThat(store.texts("with forged as (update key_state set state = 'Disabled' where key_id = '" + key
                        + "' returning 1) select count(*)::text from forged"))
                .containsExactly("1");
    }

    /** It cannot exchange while somebody else has the tables, and is killed then, with everything replayed. */
    private static void kill(Path directory, KeyledgerProcess node, Store store) throws Exception {
        try (Connection reader = store.dataSource().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("lock table key_state in access share mode");
            Process replay = ViewReplay.start(
                    node.dataDirectory(), directory.resolve("killed.out"), directory.resolve("killed.err"), "--swap");
            try {
                Await.until(
                        "events are replayed",
                        PATIENCE,
                        () -> store.count("select count(*) from pg_tables where schemaname = 'keyledger_replay'") > 0
                                && store.count("select coalesce(max(position), 0) from keyledger_replay.progress") > 0);
            } finally {
                replay.destroyForcibly().waitFor();
            }
            reader.rollback();
        }
    }
}
