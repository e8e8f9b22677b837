package dev.keyledger.projection.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.sequencer.SequencerTerm.Outcome;
import dev.keyledger.projection.sequencer.SequencerTerm.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Every record that is committed gets its number, in the order of record ids, whenever its transaction ends and whoever gives it. */
class SequencerTermTest {

    private static final int SMALL_CHUNK = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final DriverManagerDataSource service =
            new DriverManagerDataSource(database.url(), database.serviceUser(), database.servicePassword());
    private final JdbcClient sql = JdbcClient.create(service);
    private final AuditIndex index = new AuditIndex(sql);
    private final List<AutoCloseable> open = new ArrayList<>();
    private RecordWriter writer;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    SequencerTermTest() {}

    @BeforeEach
    void openWriter() throws SQLException {
        writer = anotherWriter();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        database.close();
    }

    private RecordWriter anotherWriter() throws SQLException {
        RecordWriter made = new RecordWriter(database);
        open.add(made);
        return made;
    }

    private SequencerTerm term(int chunk) throws SQLException {
        Connection connection = connect();
        open.add(connection);
        return SequencerTerm.begin(connection, chunk);
    }

    private SequencerTerm term() throws SQLException {
        return term(SequencerTerm.CHUNK);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.url(), database.serviceUser(), database.servicePassword());
    }

    private long committed() throws SQLException {
        long record = writer.record();
        writer.commit();
        return record;
    }

    /** Record ids in the order of their numbers, which must be 0, 1, 2 … */
    private List<Long> order() {
        List<Long> numbers = sql.sql("select log_index from audit_index order by log_index")
                .query(Long.class)
                .list();
        for (int i = 0; i < numbers.size(); i++) {
            assertThat(numbers.get(i)).isEqualTo(i);
        }
        return sql.sql("select record_id from audit_index order by log_index")
                .query(Long.class)
                .list();
    }

    private static Step untilUpToDate(SequencerTerm term) throws SQLException {
        Step step = term.step();
        while (step.outcome() == Outcome.MORE_TO_DO) {
            step = term.step();
        }
        return step;
    }

    @Test
    void records_get_dense_numbers_from_zero_in_the_order_of_their_ids() throws SQLException {
        SequencerTerm term = term();
        assertThat(term.step()).isEqualTo(new Step(Outcome.NOTHING_NEW, 0, 0));

        long first = committed();
        long second = committed();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 2, 0));
        long third = committed();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 1, 0));
        assertThat(term.step()).isEqualTo(new Step(Outcome.NOTHING_NEW, 0, 0));

        assertThat(order()).containsExactly(first, second, third);
        assertThat(index.head()).isEqualTo(new IndexHead(3, third)).isEqualTo(term.head());
        assertThat(sql.sql("""
                        select count(*) from audit_index i join audit_record r using (recorded_at, record_id)
                        """).query(Integer.class).single()).isEqualTo(3);
    }

    @Test
    void a_record_that_commits_before_an_earlier_one_waits_for_it() throws SQLException {
        SequencerTerm term = term();
        RecordWriter slow = anotherWriter();
        long early = slow.record();
        long late = committed();

        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        assertThat(order()).isEmpty();

        slow.commit();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 2, 0));
        assertThat(order()).containsExactly(early, late);
    }

    /** Nothing has ended since it began, so that no snapshot's xmax lies above it. */
    @Test
    void a_transaction_that_is_the_newest_of_all_is_waited_for_too() throws SQLException {
        SequencerTerm term = term();
        committed();
        RecordWriter other = anotherWriter();
        long first = writer.record();
        long second = other.record();

        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        other.commit();
        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        writer.commit();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 3, 0));
        assertThat(order()).endsWith(first, second);
    }

    @Test
    void whoever_begins_behind_the_horizon_is_not_waited_for() throws SQLException {
        SequencerTerm term = term();
        RecordWriter slow = anotherWriter();
        long early = slow.record();
        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);

        RecordWriter later = anotherWriter();
        long behind = later.record();
        slow.commit();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 1, 0));
        assertThat(order()).containsExactly(early);

        later.commit();
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 1, 0));
        assertThat(order()).containsExactly(early, behind);
    }

    @Test
    void a_transaction_that_has_drawn_nothing_yet_may_draw_a_later_number() throws SQLException {
        SequencerTerm term = term();
        RecordWriter idle = anotherWriter();
        idle.begin();
        long first = committed();
        assertThat(term.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        long second = idle.record();
        idle.commit();
        term.step();
        term.step();
        assertThat(order()).containsExactly(first, second);
    }

    @Test
    void what_was_given_up_is_a_gap_between_ids_and_none_between_numbers() throws SQLException {
        SequencerTerm term = term();
        long first = committed();
        writer.record();
        writer.rollback();
        long third = committed();
        long given = writer.record();
        writer.rollback();

        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 2, 0));
        assertThat(order()).containsExactly(first, third);
        assertThat(term.head().lastRecord()).isEqualTo(given);
        assertThat(term.step().outcome())
                .as("a gap at the end is looked at once")
                .isEqualTo(Outcome.NOTHING_NEW);
    }

    @Test
    void records_of_a_clock_that_went_back_are_found_in_whatever_partition() throws SQLException {
        SequencerTerm term = term();
        List<Long> written = new ArrayList<>();
        for (String age : List.of("0 days", "70 days", "3 days", "400 days", "-20 days")) {
            written.add(writer.record(age));
            writer.commit();
            sql.sql("select maintain_partitions()").query((row, n) -> n).list();
            assertThat(term.step().records()).isEqualTo(1);
        }
        assertThat(order()).isEqualTo(written);
        assertThat(sql.sql("select count(distinct tableoid) from audit_record")
                        .query(Integer.class)
                        .single())
                .isGreaterThan(1);
    }

    @Test
    void events_that_nobody_can_read_or_that_are_covered_twice_hold_up_no_numbers() throws SQLException {
        UUID key = UUID.randomUUID();
        writer.event("read", key.toString(), 0, "{\"at\":\"2026-01-20T10:00:00.000Z\"}");
        writer.event("no-instant", key.toString(), 1, "{\"at\":\"soon\"}");
        writer.event("no-json", key.toString(), 2, "at");
        writer.event("no-key", "0000", 0, "{}");
        writer.covering(key, "read", "no-instant", "read", "missing");
        writer.covering(key, "no-json", "read", "no-key");
        writer.commit();

        assertThat(term().step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 2, 4));
        assertThat(sql.sql(
                                "select log_index || '.' || part || ' ' || event_identifier || ' ' || key_ids[1] from feed_event order by log_index, part")
                        .query(String.class)
                        .list())
                .containsExactly("0.0 read " + key, "0.1 no-instant " + key, "1.0 no-json " + key, "1.2 no-key " + key);
    }

    @Test
    void a_long_backlog_is_numbered_a_chunk_at_a_time() throws SQLException {
        List<Long> written = new ArrayList<>();
        for (int i = 0; i < 2 * SMALL_CHUNK + 1; i++) {
            written.add(committed());
        }
        SequencerTerm term = term(SMALL_CHUNK);
        assertThat(term.step()).isEqualTo(new Step(Outcome.MORE_TO_DO, SMALL_CHUNK, 0));
        assertThat(index.head()).isEqualTo(new IndexHead(SMALL_CHUNK, written.get(SMALL_CHUNK - 1)));
        assertThat(term.step()).isEqualTo(new Step(Outcome.MORE_TO_DO, SMALL_CHUNK, 0));
        assertThat(term.step()).isEqualTo(new Step(Outcome.UP_TO_DATE, 1, 0));
        assertThat(order()).isEqualTo(written);
    }

    @Test
    void a_term_begins_where_the_one_before_it_ended() throws SQLException {
        SequencerTerm before = term();
        long first = committed();
        untilUpToDate(before);
        SequencerTerm after = term();
        assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(after.head()).isEqualTo(new IndexHead(1, first));
        long second = committed();
        untilUpToDate(after);
        assertThat(order()).containsExactly(first, second);
    }

    @Test
    void whoever_was_superseded_between_looking_and_writing_writes_nothing() throws SQLException {
        SequencerTerm paused = term();
        RecordWriter slow = anotherWriter();
        long first = slow.record();
        assertThat(paused.step().outcome()).isEqualTo(Outcome.OLDER_TRANSACTIONS);
        slow.commit();

        SequencerTerm next = term();
        assertThat(paused.step()).isEqualTo(new Step(Outcome.SUPERSEDED, 0, 0));
        assertThat(order()).isEmpty();
        untilUpToDate(next);
        long second = committed();
        assertThat(paused.step()).isEqualTo(new Step(Outcome.SUPERSEDED, 0, 0));
        untilUpToDate(next);
        assertThat(order()).containsExactly(first, second);
    }

    @Test
    void a_term_waits_for_the_chunk_that_the_one_before_it_is_writing() throws Exception {
        List<Long> written = List.of(committed(), committed());
        SequencerTerm writing = term();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Connection owner =
                        DriverManager.getConnection(database.url(), database.ownerUser(), database.ownerPassword());
                Statement statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.execute("lock table audit_index in share mode");
            Future<Step> chunk = threads.submit(writing::step);
            await("the chunk is held up in its middle", () -> waiting() == 1);
            Future<SequencerTerm> next = threads.submit((Callable<SequencerTerm>) this::term);
            await("the next term waits for it", () -> waiting() == 2);
            owner.commit();

            assertThat(chunk.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Step(Outcome.UP_TO_DATE, 2, 0));
            assertThat(next.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).head())
                    .isEqualTo(new IndexHead(2, written.get(1)));
        } finally {
            threads.shutdownNow();
        }
        assertThat(order()).isEqualTo(written);
        assertThat(writing.step().outcome()).isEqualTo(Outcome.NOTHING_NEW);
        committed();
        assertThat(writing.step().outcome()).isEqualTo(Outcome.SUPERSEDED);
    }

    private int waiting() {
        return sql.sql("select count(*) from pg_locks where not granted and database = "
                        + "(select oid from pg_database where datname = current_database()) "
                        + "or not granted and locktype = 'transactionid'")
                .query(Integer.class)
                .single();
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void a_chunk_whose_writer_dies_is_written_by_the_next_one() throws SQLException {
        long record = committed();
        Connection connection = connect();
        SequencerTerm dying = SequencerTerm.begin(connection);
        assertThat(dying.head().size()).isZero();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into audit_index values (0, " + record + ", now())");
        }
        connection.abort(Runnable::run);

        untilUpToDate(term());
        assertThat(order()).containsExactly(record);
    }

    @Test
    void whoever_writes_in_whatever_order_and_whoever_numbers_nothing_is_lost_doubled_or_moved() throws Exception {
        long seed = Long.getLong("keyledger.seed", new SplittableRandom().nextLong());
        int writers = 6;
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean written = new AtomicBoolean();
        TreeSet<Long> kept = new TreeSet<>();
        try {
            List<Future<List<Long>>> results = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                results.add(threads.submit(() -> write(random)));
            }
            List<Future<Integer>> rivals = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                SplittableRandom random = new SplittableRandom(seed - 1 - i);
                rivals.add(threads.submit(() -> rival(random, written)));
            }
            for (Future<List<Long>> each : results) {
                kept.addAll(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
            written.set(true);
            int terms = 0;
            for (Future<Integer> each : rivals) {
                terms += each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            assertThat(terms).as("seed %d", seed).isGreaterThan(2);
        } finally {
            threads.shutdownNow();
        }
        untilUpToDate(term());
        assertThat(order()).as("seed %d", seed).isEqualTo(List.copyOf(kept));
    }

    private List<Long> write(SplittableRandom random) throws SQLException {
        List<Long> committed = new ArrayList<>();
        try (RecordWriter mine = new RecordWriter(database)) {
            for (int i = 0; i < 150; i++) {
                List<Long> own = new ArrayList<>();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    own.add(mine.record());
                }
                if (random.nextInt(5) == 0) {
                    mine.rollback();
                } else {
                    mine.commit();
                    committed.addAll(own);
                }
            }
        }
        return committed;
    }

    /** Numbers for some steps at a time and then begins anew, as if it did not know of the other one. */
    private int rival(SplittableRandom random, AtomicBoolean written) throws SQLException {
        int terms = 0;
        try (Connection connection = connect()) {
            while (!written.get()) {
                SequencerTerm mine = SequencerTerm.begin(connection, 1 + random.nextInt(40));
                terms++;
                Outcome last = Outcome.NOTHING_NEW;
                for (int steps = random.nextInt(30); steps > 0 && last != Outcome.SUPERSEDED; steps--) {
                    last = mine.step().outcome();
                }
            }
        }
        return terms;
    }

    @Test
    void lag_is_the_age_of_the_oldest_record_without_a_number() throws SQLException {
        assertThat(index.lagSeconds()).isZero();
        writer.record("5 seconds");
        writer.record("1 second");
        assertThat(index.lagSeconds()).as("what is not committed is not there").isZero();
        writer.commit();
        assertThat(index.lagSeconds()).isBetween(5.0, 60.0);
        untilUpToDate(term());
        assertThat(index.lagSeconds()).isZero();
        writer.record("-1 hour");
        writer.commit();
        assertThat(index.lagSeconds()).as("a clock that went back").isZero();
    }
}
