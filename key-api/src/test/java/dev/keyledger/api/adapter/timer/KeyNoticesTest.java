package dev.keyledger.api.adapter.timer;

import static dev.keyledger.api.adapter.timer.TimedKeys.advance;
import static dev.keyledger.api.adapter.timer.TimedKeys.describe;
import static dev.keyledger.api.adapter.timer.TimedKeys.events;
import static dev.keyledger.api.adapter.timer.TimedKeys.expiring;
import static dev.keyledger.api.adapter.timer.TimedKeys.importMaterial;
import static dev.keyledger.api.adapter.timer.TimedKeys.key;
import static dev.keyledger.api.adapter.timer.TimedKeys.now;
import static dev.keyledger.api.adapter.timer.TimedKeys.send;
import static dev.keyledger.api.adapter.timer.TimedKeys.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.cmk.KeyCommand.CancelKeyDeletion;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyCommand.ScheduleKeyDeletion;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.cmk.Origin;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.projection.notices.KeyNotices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Notices are given once for each rung, on whichever of two nodes comes first: by their timers and by the reconciler, which both run all the
 * time and never agree who is first. Each test has keys of its own.
 */
class KeyNoticesTest {

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

    /** Which notices a key got, in their order. */
    private static List<String> notices(JdbcClient sql, KeyId key) {
        return sql.sql("""
                        select convert_from(payload, 'UTF8')::json ->> 'notice' from domain_event
                        where aggregate_identifier = :key and payload_type like '%-near' order by sequence_number
                        """).param("key", key.value()).query(String.class).list();
    }

    private static List<String> notices(KeyId key) {
        return notices(first.sql(), key);
    }

    private static int records(String action, KeyId key) {
        return first.sql()
                .sql("select count(*) from audit_record where action = :action and principal = 'system'"
                        + " and cast(:key as uuid) = any (key_ids)")
                .param("action", action)
                .param("key", key.value())
                .query(Integer.class)
                .single();
    }

    private static Object nudge(TestNode node, Object command) {
        return node.bean(CommandGateway.class).<Object>sendAndWait(command);
    }

    @Test
    void every_rung_before_an_expiry_gets_one_event_and_one_record() {
        KeyId key = expiring(first, Duration.ofDays(40));

        advance(second, Duration.ofDays(10).plusMinutes(1));
        soon().until(() -> notices(key).equals(List.of("P30D")));
        advance(first, Duration.ofDays(23));
        soon().until(() -> notices(key).equals(List.of("P30D", "P7D")));
        advance(second, Duration.ofDays(6));
        soon().until(() -> notices(key).equals(List.of("P30D", "P7D", "P1D")));
        advance(first, Duration.ofHours(23));
        soon().until(() -> notices(key).equals(List.of("P30D", "P7D", "P1D", "PT1H")));
        advance(second, Duration.ofHours(1));
        soon().until(() -> events(first.sql(), "material-expired", key) == 1);

        assertThat(notices(key)).containsExactly("P30D", "P7D", "P1D", "PT1H");
        assertThat(events(first.sql(), "expiry-near", key)).isEqualTo(4);
        assertThat(records("GiveExpiryNotice", key)).isEqualTo(4);
    }

    @Test
    void of_several_missed_rungs_the_nearest_gets_one_and_the_key_is_destroyed_all_the_same() {
        KeyId key = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(key, 30));

        advance(first, Duration.ofDays(29).plusHours(12));
        soon().until(() -> notices(key).equals(List.of("P1D")));
        advance(first, Duration.ofHours(12));
        soon().until(() -> describe(first, key).isEmpty());

        assertThat(notices(key)).containsExactly("P1D");
        assertThat(events(first.sql(), "deletion-near", key)).isEqualTo(1);
        assertThat(records("GiveDeletionNotice", key)).isEqualTo(1);
    }

    @Test
    void another_import_a_cancel_and_a_new_date_are_silent() {
        KeyId imported = expiring(first, Duration.ofDays(10));
        importMaterial(second, imported, now(second).plus(Duration.ofDays(20)));
        KeyId cancelled = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(cancelled, 10));
        send(second, new CancelKeyDeletion(cancelled));
        KeyId again = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(again, 10));
        send(second, new CancelKeyDeletion(again));
        send(first, new ScheduleKeyDeletion(again, 20));
        KeyId witness = expiring(first, Duration.ofDays(10));
        KeyId leaving = key(first, Origin.ALIYUN_KMS);
        send(first, new ScheduleKeyDeletion(leaving, 10));

        advance(first, Duration.ofDays(4));
        soon().until(() ->
                notices(witness).equals(List.of("P7D")) && notices(leaving).equals(List.of("P7D")));
        assertThat(notices(imported)).isEmpty();
        assertThat(notices(cancelled)).isEmpty();
        assertThat(notices(again)).isEmpty();

        advance(first, Duration.ofDays(10));
        soon().until(() ->
                notices(imported).equals(List.of("P7D")) && notices(again).equals(List.of("P7D")));
        assertThat(notices(cancelled)).isEmpty();
        assertThat(notices(witness)).containsExactly("P7D");
    }

    @Test
    void a_timer_alone_gives_notice_without_any_driving() {
        first.bean(UpkeepRunner.class).stop();
        second.bean(UpkeepRunner.class).stop();
        try {
            KeyId key = expiring(first, Duration.ofHours(1).plusSeconds(3));

            soon().until(() -> notices(key).equals(List.of("PT1H")));
        } finally {
            first.bean(UpkeepRunner.class).start();
            second.bean(UpkeepRunner.class).start();
        }
    }

    @Test
    void two_nodes_that_nudge_at_once_give_one_notice() {
        first.bean(UpkeepRunner.class).stop();
        second.bean(UpkeepRunner.class).stop();
        try {
            List<KeyId> keys = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                keys.add(expiring(first, Duration.ofDays(2)));
            }
            advance(first, Duration.ofDays(1).plusMinutes(1));
            List<CompletableFuture<Object>> sent = new ArrayList<>();
            for (KeyId key : keys) {
                sent.add(first.bean(CommandGateway.class).send(new GiveExpiryNotice(key)));
                sent.add(second.bean(CommandGateway.class).send(new GiveExpiryNotice(key)));
            }
            sent.forEach(CompletableFuture::join);

            assertThat(keys).allSatisfy(key -> {
                assertThat(notices(key)).containsExactly("P1D");
                assertThat(records("GiveExpiryNotice", key)).isEqualTo(1);
            });
        } finally {
            first.bean(UpkeepRunner.class).start();
            second.bean(UpkeepRunner.class).start();
        }
    }

    @Test
    void a_nudge_for_nothing_leaves_no_record() {
        KeyId key = expiring(first, Duration.ofDays(60));

        assertThat(nudge(first, new GiveExpiryNotice(key))).isEqualTo(false);
        assertThat(nudge(second, new GiveDeletionNotice(key))).isEqualTo(false);
        assertThat(nudge(second, new GiveDeletionNotice(new KeyId("00000000-0000-4000-8000-00000000dead"))))
                .isEqualTo(false);

        assertThat(records("GiveExpiryNotice", key)).isZero();
        assertThat(records("GiveDeletionNotice", key)).isZero();
    }

    @Test
    void a_failing_notice_holds_up_nothing_and_is_made_up_for() {
        first.sql().sql("""
                        create function no_notices() returns trigger language plpgsql as
                        $$ begin if new.payload_type like '%-near' then raise exception 'a test'; end if; return new; end $$
                        """).update();
        first.sql()
                .sql(
                        "create trigger no_notices before insert on domain_event for each row execute function no_notices()")
                .update();
        KeyId going;
        KeyId staying;
        try {
            going = expiring(first, Duration.ofDays(8));
            staying = expiring(first, Duration.ofDays(9));
            advance(first, Duration.ofDays(3));
            soon().until(() -> records("GiveExpiryNotice", going) > 0 && records("GiveExpiryNotice", staying) > 0);
            KeyNotices backlog = second.bean(KeyNotices.class);
            assertThat(backlog.backlog(NoticeLadder.DEFAULT)).isGreaterThanOrEqualTo(2);

            send(second, new DisableKey(staying));
            assertThat(describe(first, staying))
                    .get()
                    .extracting(KeySummary::state)
                    .isEqualTo(KeyState.DISABLED);
            advance(first, Duration.ofDays(5));
            soon().until(() -> events(first.sql(), "material-expired", going) == 1);
        } finally {
            first.sql().sql("drop trigger no_notices on domain_event").update();
        }
        first.bean(UpkeepRunner.class).lookAgain();

        soon().until(() -> notices(staying).size() == 1);
        assertThat(notices(going)).isEmpty();
    }

    @Test
    void a_ladder_that_was_switched_on_while_no_node_ran_gives_the_nearest_missed_rung() {
        try (TestDatabase own = TestPostgres.freshDatabase()) {
            KeyId key;
            try (TestNode node = TestNode.with()
                    .database(own)
                    .testClock()
                    .set("KEYLEDGER_NOTICES", "off")
                    .start()) {
                key = expiring(node, Duration.ofDays(40));
            }
            JdbcClient sql =
                    JdbcClient.create(new DriverManagerDataSource(own.url(), own.ownerUser(), own.ownerPassword()));
            sql.sql("update store_clock set \"offset\" = interval '36 days'").update();
            assertThat(notices(sql, key)).isEmpty();

            try (TestNode node = TestNode.with().database(own).testClock().start()) {
                soon().until(() -> notices(sql, key).equals(List.of("P7D")));
                advance(node, Duration.ofDays(3).plusHours(1));
                soon().until(() -> notices(sql, key).equals(List.of("P7D", "P1D")));
            }
        }
    }
}
