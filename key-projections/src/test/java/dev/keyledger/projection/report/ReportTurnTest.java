package dev.keyledger.projection.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.extension.report.LogRecord;
import dev.keyledger.projection.keyuse.KeyUseReport;
import dev.keyledger.projection.report.ReportTurn.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A report is told every record once and in order, and one that it cannot digest keeps back its keys alone. */
class ReportTurnTest {

    private static final UUID A = UUID.fromString("00000000-0000-0000-0000-00000000000a");
    private static final UUID B = UUID.fromString("00000000-0000-0000-0000-00000000000b");
    private static final UUID C = UUID.fromString("00000000-0000-0000-0000-00000000000c");

    private final WrittenLog log = new WrittenLog();
    private final Told report = new Told();
    private final List<Connection> sessions = new ArrayList<>();

    /** Writes the place of every record that it is told, and fails at some. */
    private static final class Told implements FollowedReport {

        private final Set<Long> indigestible = new HashSet<>();
        private String table = "told";

        @Override
        public String name() {
            return "told";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public boolean wantsFacts() {
            return false;
        }

        @Override
        public List<String> tables() {
            return List.of("told");
        }

        @Override
        public void digest(List<LogRecord> records, Connection connection) throws SQLException {
            for (LogRecord record : records) {
                try (PreparedStatement statement = connection.prepareStatement("insert into " + table
                        + " (log_index, at) values (?, (select coalesce(max(at), 0) + 1 from told))")) {
                    statement.setLong(1, record.logIndex());
                    statement.executeUpdate();
                }
                if (indigestible.contains(record.logIndex())) {
                    throw new IllegalStateException("secret-4711 of " + record);
                }
            }
        }
    }

    @BeforeEach
    void makeTable() {
        log.owner().sql("create table told (log_index bigint, at bigint)").update();
        log.owner()
                .sql("grant select, insert, truncate on told to " + log.serviceRole())
                .update();
        log.owner().sql("insert into report (name, version) values ('told', 1)").update();
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection session : sessions) {
            session.close();
        }
        log.close();
    }

    private Connection session() throws SQLException {
        Connection session = log.session();
        sessions.add(session);
        return session;
    }

    private Outcome turn() throws SQLException {
        return ReportTurn.take(report, session(), 500);
    }

    /** Turns until there is nothing to do. */
    private void follow(int limit) throws SQLException {
        Connection session = session();
        Outcome outcome;
        do {
            outcome = ReportTurn.take(report, session, limit);
        } while (outcome == Outcome.MORE || outcome == Outcome.UP_TO_DATE);
        assertThat(outcome).isEqualTo(Outcome.NOTHING_NEW);
    }

    private List<Long> told() {
        return log.owner()
                .sql("select log_index from told order by at")
                .query(Long.class)
                .list();
    }

    private List<String> parked() {
        return log.owner()
                .sql("select log_index || coalesce(': ' || reason, '') from report_parked order by log_index")
                .query(String.class)
                .list();
    }

    private List<Long> parkedPlaces() {
        return log.owner()
                .sql("select log_index from report_parked order by log_index")
                .query(Long.class)
                .list();
    }

    private Reports.Status status() {
        return new Reports(log.owner()).named("told").orElseThrow();
    }

    private static List<Long> upTo(int size) {
        return IntStream.range(0, size).mapToObj(index -> (long) index).toList();
    }

    @Test
    void every_record_is_told_once_and_in_order_and_the_report_says_how_far() throws SQLException {
        IntStream.range(0, 25).forEach(index -> log.record("Encrypt", A));
        assertThat(turn()).isEqualTo(Outcome.UP_TO_DATE);
        assertThat(turn()).isEqualTo(Outcome.NOTHING_NEW);
        IntStream.range(0, 12).forEach(index -> log.record("Encrypt", B));
        assertThat(status().lag()).isEqualTo(12);
        follow(5);

        assertThat(told()).isEqualTo(upTo(37));
        assertThat(status()).isEqualTo(new Reports.Status("told", 1, 0L, 37, log.last(), 0, 0, false, false));
    }

    @Test
    void a_place_whose_record_is_gone_is_passed_over() throws SQLException {
        IntStream.range(0, 10).forEach(index -> log.record("Encrypt", A));
        log.owner()
                .sql("delete from audit_record where record_id < 1012 or record_id = 1018")
                .update();
        log.owner().sql("delete from audit_index where log_index < 2").update();
        follow(3);

        assertThat(told()).containsExactly(4L, 5L, 7L, 8L, 9L);
        assertThat(status().firstIndex()).isEqualTo(2);
        assertThat(status().nextIndex()).isEqualTo(10);
    }

    @Test
    void a_record_that_cannot_be_digested_keeps_back_its_keys_and_no_others() throws SQLException {
        log.record("Encrypt", A);
        report.indigestible.add((long) log.record("Encrypt", A));
        log.record("Encrypt", B);
        log.record("Encrypt", A);
        log.record("ReEncrypt", C, A);
        log.record("Encrypt", C);
        log.record("ListKeys");
        assertThat(turn()).isEqualTo(Outcome.UP_TO_DATE);
        log.record("Encrypt", B);
        log.record("Encrypt", C);
        follow(500);

        assertThat(told()).as("what it had written of the record is undone").containsExactly(0L, 2L, 6L, 7L);
        assertThat(parkedPlaces()).containsExactly(1L, 3L, 4L, 5L, 8L);
        assertThat(parked().get(0))
                .startsWith("1: java.lang.IllegalStateException")
                .doesNotContain("4711");
        assertThat(parked().get(1)).as("it only waits").isEqualTo("3");
        assertThat(status().parked()).isEqualTo(5);
        assertThat(status().nextIndex()).isEqualTo(9);
    }

    @Test
    void a_record_without_keys_keeps_back_nothing() throws SQLException {
        report.indigestible.add((long) log.record("ListKeys"));
        log.record("ListKeys");
        log.record("Encrypt", A);
        follow(500);

        assertThat(told()).containsExactly(1L, 2L);
        assertThat(parkedPlaces()).containsExactly(0L);
    }

    @Test
    void what_is_tried_again_is_told_in_order_up_to_what_still_cannot_be_digested() throws SQLException {
        report.indigestible.add((long) log.record("Encrypt", A));
        report.indigestible.add((long) log.record("Encrypt", B));
        IntStream.range(0, 5).forEach(index -> log.record("Encrypt", A));
        IntStream.range(0, 5).forEach(index -> log.record("Encrypt", B));
        follow(500);
        assertThat(told()).isEmpty();

        report.indigestible.clear();
        report.indigestible.add(4L);
        assertThat(new Reports(log.owner()).retry("told")).isEqualTo(12);
        assertThat(status().retrying()).isTrue();
        follow(3);

        assertThat(told()).containsExactly(0L, 1L, 2L, 3L, 7L, 8L, 9L, 10L, 11L);
        assertThat(parkedPlaces()).containsExactly(4L, 5L, 6L);
        assertThat(status().retrying()).isFalse();
        assertThat(parked().get(0)).startsWith("4: java.lang.IllegalStateException");
    }

    @Test
    void a_record_that_was_taken_out_lets_those_behind_it_go_on() throws SQLException {
        report.indigestible.add((long) log.record("Encrypt", A));
        log.record("Encrypt", A);
        follow(500);
        Reports reports = new Reports(log.owner());
        assertThat(reports.evict("told", 0)).isTrue();
        assertThat(reports.evict("told", 0)).isFalse();
        log.record("Encrypt", A);
        follow(500);
        assertThat(told()).as("nobody has asked for another try").isEmpty();

        reports.retry("told");
        follow(500);
        assertThat(told()).containsExactly(1L, 2L);
        assertThat(status().parked()).isZero();
    }

    @Test
    void a_fault_of_the_database_parks_nothing() throws SQLException {
        log.record("Encrypt", A);
        report.table = "no_such_table";
        assertThatExceptionOfType(SQLException.class).isThrownBy(this::turn);
        log.owner().sql("revoke insert on told from " + log.serviceRole()).update();
        report.table = "told";
        assertThatExceptionOfType(SQLException.class).isThrownBy(this::turn);
        log.owner().sql("grant insert on told to " + log.serviceRole()).update();
        follow(500);

        assertThat(told()).containsExactly(0L);
        assertThat(parked()).isEmpty();
    }

    @Test
    void a_report_that_can_digest_nothing_stands_still_before_it_has_parked_the_log() throws SQLException {
        IntStream.range(0, 20).forEach(index -> report.indigestible.add((long) log.record("ListKeys")));
        Connection session = session();
        assertThat(ReportTurn.take(report, session, 5, 10)).isEqualTo(Outcome.MORE);
        assertThat(ReportTurn.take(report, session, 5, 10)).isEqualTo(Outcome.MORE);
        assertThat(ReportTurn.take(report, session, 5, 10)).isEqualTo(Outcome.STANDING);
        assertThat(status().nextIndex()).isEqualTo(10);

        report.indigestible.clear();
        new Reports(log.owner()).retry("told");
        follow(500);
        assertThat(told()).isEqualTo(upTo(20));
    }

    @Test
    void one_worker_at_a_time_and_none_of_another_version() throws SQLException {
        log.record("Encrypt", A);
        Connection other = session();
        other.setAutoCommit(false);
        try (PreparedStatement lock =
                other.prepareStatement("select pg_advisory_xact_lock(hashtextextended('keyledger.report told', 0))")) {
            lock.execute();
        }
        assertThat(turn()).isEqualTo(Outcome.BUSY);
        other.rollback();
        log.owner().sql("update report set version = 2 where name = 'told'").update();
        assertThat(turn()).isEqualTo(Outcome.NOT_OURS);
        assertThat(told()).isEmpty();
    }

    /** A worker that goes on, whatever happens to its session, until the log is told. */
    private Callable<Integer> worker() {
        return () -> {
            int cut = 0;
            Outcome outcome = Outcome.MORE;
            while (outcome != Outcome.NOTHING_NEW) {
                try (Connection session = log.session()) {
                    do {
                        outcome = ReportTurn.take(report, session, 7);
                    } while (outcome != Outcome.NOTHING_NEW);
                } catch (SQLException ended) {
                    cut++;
                }
            }
            return cut;
        };
    }

    @Test
    void workers_whose_sessions_are_cut_lose_and_double_nothing() throws Exception {
        int size = 200;
        Random random = new Random(5);
        List<UUID> keys = List.of(A, B, C);
        IntStream.range(0, size).forEach(index -> log.record("Encrypt", keys.get(random.nextInt(3))));
        ExecutorService workers = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> all =
                    List.of(workers.submit(worker()), workers.submit(worker()), workers.submit(worker()));
            int ended = 0;
            // After some progress each time, or they would get nowhere.
            for (long reached = 20; reached < size; reached += 20) {
                while (status().nextIndex() < reached) {
                    Thread.onSpinWait();
                }
                ended += log.endSessionsOfTheService();
            }
            int cut = 0;
            for (Future<Integer> each : all) {
                cut += each.get();
            }
            assertThat(ended).isPositive();
            assertThat(cut).isPositive();
        } finally {
            workers.shutdownNow();
        }

        assertThat(told()).isEqualTo(upTo(size));
    }

    @Test
    void counts_of_uses_are_those_of_the_records_and_the_same_after_a_rebuild() throws SQLException {
        Random random = new Random(17);
        List<UUID> keys = List.of(A, B, C);
        for (int i = 0; i < 300; i++) {
            UUID one = keys.get(random.nextInt(3));
            UUID other = keys.get(random.nextInt(3));
            switch (random.nextInt(4)) {
                case 0 -> log.record("ReEncrypt", one, other);
                case 1 -> log.record("ListKeys");
                default -> log.record(random.nextBoolean() ? "Encrypt" : "Decrypt", one);
            }
        }
        KeyUseReport uses = new KeyUseReport();
        Connection session = session();
        Outcome outcome = Outcome.MORE;
        while (outcome != Outcome.NOTHING_NEW) {
            outcome = ReportTurn.take(uses, session, 1 + random.nextInt(40));
        }
        List<String> counted = log.rows("key_use_day");
        assertThat(counted).isEqualTo(log.owner().sql("""
                        select t::text from (
                            select key_id, (recorded_at at time zone 'UTC')::date, coalesce(principal, ''), action, outcome, count(*)
                            from (select distinct record_id, recorded_at, principal, action, outcome, unnest(key_ids) as key_id
                                from audit_record) r
                            group by 1, 2, 3, 4, 5) t order by 1
                        """).query(String.class).list());
        assertThat(log.owner()
                        .sql("select count(distinct day) from key_use_day")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);

        new Reports(log.owner()).rebuild("key-uses");
        assertThat(ReportTurn.take(uses, session, 500)).isEqualTo(Outcome.MORE);
        assertThat(log.rows("key_use_day")).isEmpty();
        while (ReportTurn.take(uses, session, 500) != Outcome.NOTHING_NEW) {
            // Until it has come to the end again.
        }
        assertThat(log.rows("key_use_day")).isEqualTo(counted);
    }

    private void count(Connection session) throws SQLException {
        Outcome outcome = Outcome.MORE;
        while (outcome != Outcome.NOTHING_NEW) {
            outcome = ReportTurn.take(new KeyUseReport(), session, 500);
        }
    }

    @Test
    void a_stretch_counts_what_has_a_place_in_it_and_nothing_else() throws SQLException {
        log.record("Encrypt", A);
        log.record("Encrypt", A);
        log.record("Encrypt", A);
        log.owner()
                .sql("delete from audit_index where log_index = 0 or log_index = 2")
                .update();
        log.record("Encrypt", B);
        // Between the records of the stretch lies one that has no place, behind them one that has none yet.
        assertThat(log.owner()
                        .sql("select count(*) from audit_record")
                        .query(Integer.class)
                        .single())
                .isEqualTo(4);
        count(session());

        assertThat(log.owner()
                        .sql("select key_id || ' ' || uses from key_use_day order by 1")
                        .query(String.class)
                        .list())
                .containsExactly(A + " 1", B + " 1");
        assertThat(new Reports(log.owner()).named("key-uses").orElseThrow().firstIndex())
                .isEqualTo(1);
    }

    @Test
    void a_stretch_with_something_indigestible_is_told_record_by_record() throws SQLException {
        Connection session = session();
        log.record("Encrypt", A);
        count(session);
        log.owner()
                .sql("update key_use_day set uses = " + Long.MAX_VALUE + ", principal = 'p1'")
                .update();
        log.record("Encrypt", A);
        log.record("Encrypt", B);
        log.record("Encrypt", A);
        count(session);

        assertThat(parkedPlaces()).as("the first, and the one behind it").containsExactly(1L, 3L);
        assertThat(log.owner()
                        .sql("select uses from key_use_day where key_id = '" + B + "'")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
        log.record("Encrypt", B);
        log.record("Encrypt", A);
        count(session);
        assertThat(parkedPlaces()).as("what is parked keeps back its key").containsExactly(1L, 3L, 5L);

        log.owner().sql("delete from key_use_day where key_id = '" + A + "'").update();
        new Reports(log.owner()).retry("key-uses");
        count(session);
        assertThat(parkedPlaces()).isEmpty();
        assertThat(log.owner()
                        .sql("select sum(uses)::bigint from key_use_day")
                        .query(Long.class)
                        .single())
                .isEqualTo(5);
    }
}
