package dev.keyledger.api.adapter.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.config.LedgerConfiguration.SystemCommands;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A store in quarantine is kept as it is: what is overdue stays, and happens once the quarantine is over. */
class QuarantinedTimersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    private Path directory;

    private TestNode node(TestDatabase database, String anchor) {
        return TestNode.with()
                .database(database)
                .testClock()
                .set("KEYLEDGER_ANCHOR_FILE", directory.resolve(anchor).toString())
                .start();
    }

    private static void advance(TestNode node, Duration duration) {
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(duration));
        clock.refresh();
    }

    private static long count(TestNode node, String what) {
        return node.sql().sql("select count(*) from " + what).query(Long.class).single();
    }

    @Test
    void an_overdue_key_is_neither_expired_nor_destroyed_until_the_quarantine_is_over() throws Exception {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            KeyId expiring;
            KeyId doomed;
            try (TestNode node = node(database, "anchor")) {
                expiring = TimedKeys.key(node, Origin.EXTERNAL);
                TimedKeys.importMaterial(
                        node, expiring, node.bean(StoreClock.class).now().plus(Duration.ofDays(1)));
                doomed = TimedKeys.key(node, Origin.ALIYUN_KMS);
                TimedKeys.send(node, new ScheduleKeyDeletion(doomed, 7));
                await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("anchor")));
                // Of each date one for itself and one for the next notice of it.
                await().atMost(PATIENCE).until(() -> count(node, "scheduled_tasks") == 4);
            }
            String changes =
                    "domain_event where payload_type in ('keyledger.key.material-expired', 'keyledger.key.destroyed')";
            try (TestNode node = node(database, "another")) {
                assertThat(node.bean(Quarantine.class).why()).isPresent();
                long events = count(node, "domain_event");
                advance(node, Duration.ofDays(40));

                node.bean(OverdueKeys.class).run();
                for (Object nudge : new Object[] {new ExpireKeyMaterial(expiring), new DestroyKey(doomed)}) {
                    assertThatThrownBy(
                                    () -> node.bean(SystemCommands.class).bus().execute(nudge))
                            .isInstanceOf(Refusal.class);
                }

                assertThat(node.bean(DeadlineScheduler.class).isRunning()).isFalse();
                assertThat(count(node, "scheduled_tasks")).as("deadlines").isEqualTo(4);
                assertThat(count(node, "scheduled_tasks where picked or consecutive_failures > 0"))
                        .isZero();
                assertThat(count(node, "domain_event")).isEqualTo(events);
                assertThat(count(node, "key_material")).isEqualTo(2);
                assertThat(count(node, "audit_record where action in ('ExpireKeyMaterial', 'DestroyKey')"))
                        .as("nobody asked")
                        .isZero();
            }
            try (TestNode node = node(database, "anchor")) {
                await().atMost(PATIENCE).until(() -> count(node, changes) == 2);
                assertThat(count(node, "key_material")).isZero();
            }
        }
    }
}
