package dev.keyledger.api.adapter.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.IndexListener;
import dev.keyledger.projection.sequencer.SequencerTerm;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** One node numbers the records, and another one within ten seconds when it no longer does. */
class SequencerRunnerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestStore store = new TestStore();

    @AfterEach
    void close() {
        store.close();
    }

    private AnnotationConfigApplicationContext node(String name) {
        return store.node(name, SequencerRunner.class, SequencerWake.class, AuditIndex.class, Told.class);
    }

    /** Hears of every chunk, and breaks at the first one. */
    static final class Told implements IndexListener {

        private final BlockingQueue<IndexHead> heads = new LinkedBlockingQueue<>();
        private final BlockingQueue<Long> epochs = new LinkedBlockingQueue<>();

        @Override
        public void begun(long epoch, IndexHead head) {
            epochs.add(epoch);
            throw new IllegalStateException("as the test wants it");
        }

        @Override
        public void grown(IndexHead head) {
            heads.add(head);
            if (heads.size() == 1) {
                throw new IllegalStateException("as the test wants it");
            }
        }
    }

    private static boolean leads(AnnotationConfigApplicationContext node) {
        return node.getBean(SequencerRunner.class).leads();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private long record() {
        return store.ownerSql().sql("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)
                        values (keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success') returning record_id
                        """).query(Long.class).single();
    }

    private void awaitNumber(long record) {
        await(
                "record " + record + " has a number",
                () -> store.ownerSql()
                        .sql("select exists (select from audit_index where record_id = ?)")
                        .param(record)
                        .query(Boolean.class)
                        .single());
    }

    private void assertDense() {
        Map<String, Object> counts = store.ownerSql().sql("""
                        select (select count(*) from audit_record) as records, count(*) as numbers, max(log_index) + 1 as next from audit_index
                        """).query().singleRow();
        assertThat(counts.get("numbers")).isEqualTo(counts.get("records")).isEqualTo(counts.get("next"));
    }

    @Test
    void one_of_two_nodes_numbers_and_the_other_goes_on_when_it_stops() {
        AnnotationConfigApplicationContext one = node("one");
        AnnotationConfigApplicationContext other = node("other");
        awaitNumber(record());
        assertThat(leads(one)).isNotEqualTo(leads(other));
        AnnotationConfigApplicationContext leader = leads(one) ? one : other;
        AnnotationConfigApplicationContext follower = leads(one) ? other : one;

        long last = record();
        leader.getBean(SequencerRunner.class).stop();
        assertThat(store.sql()
                        .sql("select last_record_id from sequencer")
                        .query(Long.class)
                        .single())
                .as("what is there when a node stops gets its number before it does")
                .isEqualTo(last);
        awaitNumber(record());
        assertThat(leads(follower)).isTrue();
        assertThat(leads(leader)).isFalse();
        assertDense();
    }

    @Test
    void who_listens_is_told_of_every_chunk_and_may_fail() throws InterruptedException {
        AnnotationConfigApplicationContext node = node("one");
        BlockingQueue<IndexHead> heads = node.getBean(Told.class).heads;
        awaitNumber(record());
        assertThat(heads.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new IndexHead(1, 1));
        long second = record();
        assertThat(heads.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new IndexHead(2, second));
        assertThat(node.getBean(AuditIndex.class).head()).isEqualTo(new IndexHead(2, second));
        assertThat(node.getBean(Told.class).epochs)
                .as("and once of the epoch")
                .containsExactly(store.sql()
                        .sql("select epoch from sequencer")
                        .query(Long.class)
                        .single());
    }

    @Test
    void figures_tell_who_numbers_and_how_many() {
        AnnotationConfigApplicationContext node = node("one");
        MeterRegistry figures = node.getBean(MeterRegistry.class);
        awaitNumber(record());
        await(
                "it is counted",
                () -> figures.get("keyledger.sequencer.numbered").counter().count() == 1);
        assertThat(figures.get("keyledger.sequencer.leader").gauge().value()).isEqualTo(1);
        node.getBean(SequencerRunner.class).stop();
        assertThat(figures.get("keyledger.sequencer.leader").gauge().value()).isZero();
    }

    @Test
    void a_leader_that_falls_silent_is_succeeded_and_has_no_say_any_more() throws SQLException {
        try (Leadership silent = Leadership.tryToTake(store.dataSource()).orElseThrow()) {
            SequencerTerm term = SequencerTerm.begin(silent.connection());
            AnnotationConfigApplicationContext node = node("one");
            assertThat(Leadership.tryToTake(store.dataSource())).isEmpty();

            awaitNumber(record());
            assertThat(leads(node)).isTrue();
            // 57P05: the server ended the session that was idle for too long.
            assertThatThrownBy(term::step)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            ended -> assertThat(ended.getSQLState()).isIn("57P05", "08006"));
        }
    }

    @Test
    void a_leader_that_falls_silent_in_the_middle_of_a_chunk_is_succeeded() throws SQLException {
        try (Leadership silent = Leadership.tryToTake(store.dataSource()).orElseThrow()) {
            Connection connection = silent.connection();
            // As every session of the service has it; the pools of these tests do not say so.
            run(connection, "set idle_in_transaction_session_timeout = '3s'");
            SequencerTerm.begin(connection);
            long record = record();
            connection.setAutoCommit(false);
            run(connection, "select 1 from sequencer for update");
            run(connection, "insert into audit_index values (0, " + record + ", now())");
            node("one");

            awaitNumber(record());
        }
        assertDense();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void after_all_sessions_were_ended_somebody_numbers_again() {
        node("one");
        node("other");
        awaitNumber(record());
        List<Boolean> ended = store.superuserSql()
                .sql(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
                .query(Boolean.class)
                .list();
        assertThat(ended).isNotEmpty();
        awaitNumber(record());
        assertDense();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_session_that_had_the_lead_is_like_any_other_afterwards_or_gone(boolean inGoodOrder) throws SQLException {
        try (Leadership once = Leadership.tryToTake(store.dataSource()).orElseThrow()) {
            if (inGoodOrder) {
                once.release();
            }
        }
        for (int i = 0; i < 20; i++) {
            assertThat(store.sql()
                            .sql("select current_setting('idle_session_timeout')")
                            .query(String.class)
                            .single())
                    .isEqualTo("0");
        }
        // With another pool's session: one that kept the lock would be given it again.
        DataSource another = store.node("another", AuditIndex.class).getBean(DataSource.class);
        await("its lock is free", () -> {
            try (Leadership again = Leadership.tryToTake(another).orElse(null)) {
                return again != null;
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @Test
    void many_records_at_a_look_make_the_next_one_come_later_and_a_record_wait_a_quarter_of_a_second_at_most() {
        assertThat(SequencerRunner.untilNextLook(0)).hasMillis(100);
        assertThat(SequencerRunner.untilNextLook(99)).hasMillis(100);
        assertThat(SequencerRunner.untilNextLook(100)).hasMillis(250);
        assertThat(SequencerRunner.untilNextLook(1_000_000)).hasMillis(250);
    }
}
