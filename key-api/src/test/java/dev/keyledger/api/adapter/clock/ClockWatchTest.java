package dev.keyledger.api.adapter.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.clock.DestructionHolds.Cause;
import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.adapter.journal.NodeName;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

class ClockWatchTest {

    private final TestStore store = new TestStore();
    private final AnnotationConfigApplicationContext beans = store.node(
            "node-1", AuditRecords.class, DestructionHolds.class, DestructionHoldHealth.class, JdbcMachineClocks.class);
    private final DestructionHolds holds = beans.getBean(DestructionHolds.class);
    private final Clocks clocks = new Clocks();

    /** Clocks that jump when a test says so; otherwise they stand on the real ones. */
    private final class Clocks implements MachineClocks {
        private final MachineClocks real = beans.getBean(MachineClocks.class);
        private Duration databaseAhead = Duration.ZERO;
        private Duration nodeAhead = Duration.ZERO;

        @Override
        public Reading read() {
            Reading reading = real.read();
            return new Reading(
                    reading.database().plus(databaseAhead), reading.node().plus(nodeAhead), reading.monotonicNanos());
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ClockWatch watch(String node) {
        return new ClockWatch(
                clocks,
                holds,
                beans.getBean(AuditRecords.class),
                beans.getBean(JdbcClient.class),
                new NodeName(node),
                beans.getBean(PlatformTransactionManager.class));
    }

    private int recordsOfHolds() {
        return store.sql()
                .sql("select count(*) from audit_record where action = 'HoldDestruction' and auth_method = 'system'"
                        + " and outcome = 'Success'")
                .query(Integer.class)
                .single();
    }

    @Test
    void clocks_that_run_alike_hold_nothing() {
        ClockWatch watch = watch("node-1");
        watch.beat();
        watch.beat();

        assertThat(watch.active()).isFalse();
        assertThat(holds.current()).isEmpty();
        assertThat(recordsOfHolds()).isZero();
    }

    @Test
    void a_jump_holds_destruction_before_any_heartbeat_has_seen_it() {
        ClockWatch watch = watch("node-1");
        watch.beat();

        clocks.databaseAhead = Duration.ofDays(40);

        assertThat(watch.active()).isTrue();
        assertThat(holds.current()).isEmpty();
    }

    @Test
    void a_jump_begins_one_hold_that_is_audited_and_lasts_until_it_is_released() {
        ClockWatch watch = watch("node-1");
        ClockWatch another = watch("node-2");
        watch.beat();
        another.beat();
        clocks.databaseAhead = Duration.ofMillis(3_600_500);

        watch.beat();
        another.beat();

        assertThat(holds.current()).get().satisfies(hold -> {
            assertThat(hold.cause()).isEqualTo(Cause.CLOCK_JUMPED);
            assertThat(hold.node()).isEqualTo("node-1");
            assertThat(hold.detail()).contains("3600 s");
        });
        assertThat(recordsOfHolds()).isEqualTo(1);
        assertThat(watch.active()).isTrue();

        clocks.databaseAhead = Duration.ZERO;
        watch.beat();
        assertThat(watch.active()).as("putting the clock back is no release").isTrue();

        assertThat(holds.release("an operator")).isTrue();
        assertThat(watch.active()).isFalse();
        assertThat(holds.release("an operator")).isFalse();
    }

    @Test
    void a_jump_whose_hold_could_not_be_stored_is_seen_again() {
        ClockWatch watch = watch("node-1");
        watch.beat();
        clocks.databaseAhead = Duration.ofHours(1);
        // The audit record is part of the hold's transaction.
        store.ownerSql()
                .sql("revoke insert on audit_record from " + store.serviceRole())
                .update();
        assertThatThrownBy(watch::beat).isInstanceOf(DataAccessException.class);
        assertThat(holds.current()).isEmpty();
        assertThat(watch.active()).isTrue();

        store.ownerSql()
                .sql("grant insert on audit_record to " + store.serviceRole())
                .update();
        watch.beat();

        assertThat(holds.current()).isPresent();
        assertThat(recordsOfHolds()).isEqualTo(1);
    }

    @Test
    void a_driven_store_clock_is_no_jump() {
        ClockWatch watch = watch("node-1");
        watch.beat();

        store.sql()
                .sql("update store_clock set \"offset\" = interval '400 days'")
                .update();
        watch.beat();

        assertThat(watch.active()).isFalse();
    }

    @Test
    void after_an_outage_of_all_nodes_clocks_that_are_apart_hold_destruction() {
        clocks.nodeAhead = Duration.ofMinutes(-6);

        ClockWatch watch = watch("node-1");
        watch.beat();

        assertThat(holds.current())
                .get()
                .extracting(DestructionHolds.Hold::cause)
                .isEqualTo(Cause.CLOCKS_APART);
    }

    @Test
    void a_node_with_a_wrong_clock_that_joins_others_holds_nothing() {
        watch("node-1").beat();
        clocks.nodeAhead = Duration.ofMinutes(6);

        ClockWatch joining = watch("node-2");
        joining.beat();

        assertThat(joining.active()).isFalse();
    }

    @Test
    void heartbeats_are_kept_one_a_node_and_not_for_ever() {
        store.sql()
                .sql("insert into node_heartbeat values ('gone', now() - interval '8 days', now() - interval '8 days')")
                .update();

        watch("node-1").beat();
        watch("node-1").beat();

        assertThat(store.sql()
                        .sql("select node_id from node_heartbeat")
                        .query(String.class)
                        .list())
                .containsExactly("node-1");
    }

    @Test
    void health_shows_the_hold_and_stays_up() {
        DestructionHoldHealth health = beans.getBean(DestructionHoldHealth.class);
        assertThat(health.health().getDetails()).containsEntry("held", false);

        ClockWatch watch = watch("node-1");
        watch.beat();
        clocks.databaseAhead = Duration.ofHours(1);
        watch.beat();

        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
        assertThat(health.health().getDetails()).containsEntry("held", true).containsEntry("cause", Cause.CLOCK_JUMPED);
    }

    @Test
    void the_watch_begins_with_a_heartbeat() {
        ClockWatch watch = watch("node-1");

        watch.start();
        watch.stop();

        assertThat(store.sql()
                        .sql("select database_at from node_heartbeat")
                        .query((row, number) -> row.getTimestamp(1).toInstant())
                        .single())
                .isBefore(Instant.now().plusSeconds(2));
    }
}
