package dev.keyledger.api.adapter.timer;

import static dev.keyledger.api.adapter.timer.TimedKeys.advance;
import static dev.keyledger.api.adapter.timer.TimedKeys.describe;
import static dev.keyledger.api.adapter.timer.TimedKeys.importMaterial;
import static dev.keyledger.api.adapter.timer.TimedKeys.key;
import static dev.keyledger.api.adapter.timer.TimedKeys.now;
import static dev.keyledger.api.adapter.timer.TimedKeys.send;
import static dev.keyledger.api.adapter.timer.TimedKeys.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.DestructionHolds;
import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.Origin;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.keystate.KeySummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Expiry and destruction happen by themselves, once, on whichever of two nodes comes first. Each test has keys of its own. */
class KeyTimersTest {

    private static TestDatabase database;
    private static TestNode first;
    private static TestNode second;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        first = TestNode.with().database(database).testClock().start();
        second = TestNode.with().database(database).testClock().start();
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        database.close();
    }

    private static int events(String name, KeyId key) {
        return TimedKeys.events(first.sql(), name, key);
    }

    private static int count(String sql) {
        return first.sql().sql(sql).query(Integer.class).single();
    }

    private static int deadlines(KeyId key) {
        return deadlines(List.of(key));
    }

    /** Of expiries and destructions; those of notices come and go beside them. */
    private static int deadlines(List<KeyId> keys) {
        return first.sql()
                .sql("""
                        select count(*) from scheduled_tasks t where exists (select from unnest(:keys) k
                            where convert_from(t.task_data, 'UTF8') like '%' || k || '%')
                        and convert_from(t.task_data, 'UTF8') not like '%-notice-due%'
                        """)
                .param("keys", keys.stream().map(KeyId::value).toArray(String[]::new))
                .query(Integer.class)
                .single();
    }

    @Test
    void a_key_is_destroyed_on_day_31_whichever_node_was_told() {
        KeyId key = key(first, Origin.ALIYUN_KMS);
        send(second, new ScheduleKeyDeletion(key, 30));
        advance(first, Duration.ofDays(29));
        assertThat(describe(second, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.PENDING_DELETION);

        advance(second, Duration.ofDays(2));

        soon().until(() -> describe(first, key).isEmpty());
        assertThat(describe(second, key)).isEmpty();
        assertThat(events("destroyed", key)).isEqualTo(1);
        soon().until(() -> deadlines(key) == 0);
    }

    @Test
    void a_deletion_cancelled_just_before_it_is_due_never_happens() {
        KeyId key = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(key, 7));
        soon().until(() -> deadlines(key) == 1);
        advance(first, Duration.ofDays(7).minusMinutes(1));
        send(second, new CancelKeyDeletion(key));

        advance(first, Duration.ofDays(1));

        soon().until(() -> deadlines(key) == 0);
        KeyId other = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(other, 7));
        advance(first, Duration.ofDays(8));
        soon().until(() -> describe(first, other).isEmpty());
        assertThat(describe(first, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.ENABLED);
        assertThat(events("destroyed", key)).isZero();
    }

    @Test
    void material_that_expires_while_deletion_is_pending_is_gone_and_the_deletion_stays_pending() {
        KeyId key = key(first, Origin.EXTERNAL);
        importMaterial(first, key, now(first).plus(Duration.ofDays(1)));
        send(first, new ScheduleKeyDeletion(key, 7));

        advance(second, Duration.ofDays(2));

        soon().until(() -> events("material-expired", key) == 1);
        assertThat(describe(second, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.PENDING_DELETION);
        assertThat(count("select count(*) from key_material where key_id = '" + key + "'"))
                .isZero();
        send(second, new CancelKeyDeletion(key));
        assertThat(describe(first, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.PENDING_IMPORT);
    }

    @Test
    void material_expires_by_itself_without_any_driving() {
        KeyId key = key(first, Origin.EXTERNAL);
        importMaterial(first, key, now(first).plusSeconds(3));

        soon().until(() -> events("material-expired", key) == 1);
        assertThat(describe(second, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.PENDING_IMPORT);
    }

    @Test
    void lost_deadlines_are_made_up_for() {
        KeyId expiring = key(first, Origin.EXTERNAL);
        importMaterial(first, expiring, now(first).plus(Duration.ofDays(1)));
        KeyId leaving = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(leaving, 7));
        soon().until(() -> deadlines(expiring) == 1 && deadlines(leaving) == 1);
        first.sql().sql("delete from scheduled_tasks").update();

        advance(first, Duration.ofDays(8));

        soon().until(() -> events("material-expired", expiring) == 1 && events("destroyed", leaving) == 1);
    }

    @Test
    void a_hundred_keys_due_at_once_are_each_destroyed_once_and_recorded_once() {
        List<KeyId> keys = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            KeyId key = key(n % 2 == 0 ? first : second, Origin.ALIYUN_KMS);
            send(first, new ScheduleKeyDeletion(key, 7));
            keys.add(key);
        }
        soon().untilAsserted(() -> assertThat(deadlines(keys)).isEqualTo(100));

        advance(first, Duration.ofDays(8));

        soon().untilAsserted(() -> assertThat(deadlines(keys)).isZero());
        for (KeyId key : keys) {
            assertThat(events("destroyed", key)).isEqualTo(1);
            assertThat(count("select count(*) from audit_record where action = 'DestroyKey' and '" + key
                            + "' = any (key_ids)"))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_deadline_that_passed_while_no_node_ran_is_met_after_the_next_start() {
        try (TestDatabase own = TestPostgres.freshDatabase()) {
            KeyId key;
            try (TestNode node = TestNode.with().database(own).testClock().start()) {
                key = key(node, Origin.EXTERNAL);
                importMaterial(node, key, now(node).plus(Duration.ofDays(1)));
                soon().until(() -> node.sql()
                                .sql("select count(*) from scheduled_tasks")
                                .query(Integer.class)
                                .single()
                        == 2);
            }
            JdbcClient sql =
                    JdbcClient.create(new DriverManagerDataSource(own.url(), own.ownerUser(), own.ownerPassword()));
            sql.sql("update store_clock set \"offset\" = interval '3 days'").update();

            try (TestNode node = TestNode.with().database(own).testClock().start()) {
                assertThat(describe(node, key))
                        .get()
                        .extracting(KeySummary::state)
                        .isEqualTo(KeyState.PENDING_IMPORT);
                soon().until(() -> TimedKeys.events(sql, "material-expired", key) == 1);
            }
        }
    }

    @Test
    void a_clock_that_steps_back_revives_nothing_and_destroys_nothing_early() {
        try (TestNode node = TestNode.with().testClock().start()) {
            KeyId expired = key(node, Origin.EXTERNAL);
            importMaterial(node, expired, now(node).plus(Duration.ofDays(1)));
            advance(node, Duration.ofDays(6));
            soon().until(() -> TimedKeys.events(node.sql(), "material-expired", expired) == 1);
            KeyId leaving = key(node, Origin.ALIYUN_KMS);
            send(node, new ScheduleKeyDeletion(leaving, 7));
            advance(node, Duration.ofDays(6));

            node.sql().sql("update store_clock set \"offset\" = interval '0'").update();

            assertThat(describe(node, expired))
                    .get()
                    .extracting(KeySummary::state)
                    .isEqualTo(KeyState.PENDING_IMPORT);
            assertThat(node.bean(CommandGateway.class).<Object>sendAndWait(new DestroyKey(leaving)))
                    .isEqualTo(false);
            assertThat(describe(node, leaving))
                    .get()
                    .extracting(KeySummary::state)
                    .isEqualTo(KeyState.PENDING_DELETION);
        }
    }

    @Test
    void a_hold_stops_destruction_until_it_is_released_and_leaves_no_records_of_nothing() {
        KeyId key = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(key, 7));
        first.sql().sql("""
                        insert into destruction_hold (cause, detail, held_at, node_id)
                        values ('CLOCK_JUMPED', 'a test', clock_timestamp(), 'a test')
                        """).update();
        KeyId expiring = key(first, Origin.EXTERNAL);
        importMaterial(first, expiring, now(first).plus(Duration.ofDays(1)));

        advance(first, Duration.ofDays(8));

        // Expiry goes on, so the nudges have come when it has happened; the key's own was among them.
        soon().until(() -> events("material-expired", expiring) == 1);
        soon().until(() -> deadlines(key) == 1
                && first.sql()
                        .sql("select execution_time > clock_timestamp() from scheduled_tasks"
                                + " where convert_from(task_data, 'UTF8') like '%' || :key || '%'"
                                + " and convert_from(task_data, 'UTF8') like '%destruction-due%'")
                        .param("key", key.value())
                        .query(Boolean.class)
                        .single());
        assertThat(describe(first, key)).get().extracting(KeySummary::state).isEqualTo(KeyState.PENDING_DELETION);
        assertThat(count("select count(*) from audit_record where action = 'DestroyKey' and '" + key
                        + "' = any (key_ids)"))
                .isZero();

        assertThat(second.bean(DestructionHolds.class).release("an operator")).isTrue();
        second.bean(UpkeepRunner.class).lookAgain();
        soon().until(() -> describe(first, key).isEmpty());
    }

    @Test
    void a_saga_that_throws_leaves_nothing_half_done_and_goes_on_later() {
        first.sql()
                .sql("revoke insert on scheduled_tasks from " + database.serviceUser())
                .update();
        KeyId key = key(first, Origin.ALIYUN_KMS);
        try {
            send(first, new ScheduleKeyDeletion(key, 7));
            KeyId witness = key(first, Origin.ALIYUN_KMS);
            assertThat(events("created", witness)).isEqualTo(1);
            assertThat(sagas(key)).isZero();
        } finally {
            first.sql()
                    .sql("grant insert on scheduled_tasks to " + database.serviceUser())
                    .update();
        }

        soon().until(() -> deadlines(key) == 1);
        assertThat(sagas(key)).isEqualTo(1);
    }

    private static int sagas(KeyId key) {
        return first.sql()
                .sql("select count(*) from association_value_entry where association_value = :key")
                .param("key", key.value())
                .query(Integer.class)
                .single();
    }
}
