package dev.keyledger.projection.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.KeyHistory;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import dev.keyledger.projection.replay.Replay.Sizes;
import dev.keyledger.projection.replay.Replay.Task;
import dev.keyledger.projection.replay.ReplayReport.ComparedTable;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.axonframework.eventhandling.AnnotationEventHandlerAdapter;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.EventMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Views are rebuilt from their events, compared row by row and exchanged; small chunks and ranges, so that there are many. */
class ReplayTest {

    private static final Task VERIFY = new Task(true, false, false, "this build");
    private static final Task SWAP = new Task(false, true, false, "this build");
    private static final Sizes SMALL = new Sizes(4, 3, 50);
    private static final int KEYS = 10;

    private LiveStore store;
    private final List<KeyHistory> keys = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Set before each test.
    ReplayTest() {}

    @BeforeEach
    void fill() throws Exception {
        store = new LiveStore();
        for (int i = 0; i < KEYS; i++) {
            KeyHistory key = new KeyHistory(i);
            keys.add(key);
            store.given(
                    key.created(i % 2 == 0 ? Origin.ALIYUN_KMS : Origin.EXTERNAL),
                    key.described("Nr. " + i + ", \"ä\"\n\\"),
                    key.tagged(Map.of("a", "1", "b", "2"), List.of()),
                    key.tagged(Map.of("a", "3"), List.of("b")),
                    new AliasCreated(alias(i), key.key(), KeyHistory.BEGIN));
        }
        store.given(
                keys.get(1).issued(),
                keys.get(1).imported(KeyHistory.BEGIN.plusSeconds(99)),
                keys.get(1).expiryNear("PT1M", KeyHistory.BEGIN.plusSeconds(99)),
                keys.get(4).deletionScheduled(KeyHistory.BEGIN.plusSeconds(999)),
                keys.get(4).deletionNear("PT1H", KeyHistory.BEGIN.plusSeconds(999)),
                keys.get(2).disabled(),
                keys.get(3).deletionScheduled(KeyHistory.BEGIN.plusSeconds(1)),
                keys.get(3).destroyed(),
                new AliasDeleted(alias(3), KeyHistory.BEGIN));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static AliasName alias(int number) {
        return new AliasName("alias/nr-" + number);
    }

    private ReplayReport replay(Task task) throws SQLException {
        return new Replay(store.owner(), Replay::ofTheService, ReplayProgress.silent(), SMALL).run(task);
    }

    @Test
    void what_the_service_wrote_is_what_the_events_say() throws SQLException {
        ReplayReport report = replay(VERIFY);

        assertThat(report.differences()).isEmpty();
        assertThat(report.parked()).isEmpty();
        assertThat(report.events()).isEqualTo(5 * KEYS + 9);
        assertThat(report.tables().stream().map(ComparedTable::name))
                .containsExactlyInAnyOrder("key_state", "key_version", "key_notice", "alias", "key_tag");
        assertThat(report.tables()).allSatisfy(table -> {
            assertThat(table.rows())
                    .isEqualTo(Long.parseLong(store.texts("select count(*)::text from " + table.name())
                            .get(0)));
            assertThat(table.ranges()).isEqualTo(1 + (KEYS - 1) / SMALL.streams());
        });
        assertThat(store.texts("select nspname from pg_namespace where nspname = 'keyledger_replay'"))
                .isEmpty();
    }

    @Test
    void every_row_that_no_event_accounts_for_is_found_and_named() throws SQLException {
        forge(0, "update key_state set description = 'forged' where key_id = '%s'");
        forge(1, "update key_state set version = version + 1 where key_id = '%s'");
        forge(2, "delete from key_state where key_id = '%s'");
        forge(4, "update key_version set created_at = created_at + interval '1 ms' where key_id = '%s'");
        forge(5, "insert into key_version values (gen_random_uuid(), '%s', now())");
        forge(6, "update alias set version = 7 where key_id = '%s'");
        forge(7, "insert into alias values ('alias/forged', '%s', 0)");
        forge(1, "update key_notice set silent_until = silent_until + interval '1 ms' where key_id = '%s'");
        forge(4, "delete from key_notice where key_id = '%s'");
        forge(8, "update key_tag set tag_value = '' where key_id = '%s' and tag_key = 'a'");
        forge(9, "insert into key_tag values ('%s', 'forged', '1')");

        List<Difference> differences = replay(VERIFY).differences();

        assertThat(named(differences, "key_state")).containsExactlyInAnyOrder(id(0), id(1), id(2));
        assertThat(named(differences, "key_version")).containsExactlyInAnyOrder(id(4), id(5));
        assertThat(named(differences, "alias")).containsExactlyInAnyOrder(id(6), id(7));
        assertThat(named(differences, "key_tag")).containsExactlyInAnyOrder(id(8), id(9));
        assertThat(named(differences, "key_notice")).containsExactlyInAnyOrder(id(1), id(4));
        assertThat(differences).allSatisfy(difference -> {
            assertThat(difference.count()).isEqualTo(difference.rows().size());
            assertThat(difference.rows())
                    .allSatisfy(row -> assertThat(row.live()).isNotEqualTo(row.rebuilt()));
        });
    }

    private void forge(int key, String statement) {
        store.sql().sql(statement.formatted(id(key))).update();
    }

    private String id(int key) {
        return keys.get(key).key().value();
    }

    /** Keys whose rows of a table differ. */
    private List<String> named(List<Difference> differences, String table) {
        return differences.stream()
                .filter(difference -> difference.table().equals(table))
                .flatMap(difference -> difference.rows().stream())
                .map(row -> row.key() + row.live() + row.rebuilt())
                .map(text -> keys.stream()
                        .map(key -> key.key().value())
                        .filter(text::contains)
                        .findFirst()
                        .orElse(text))
                .toList();
    }

    @Test
    void rows_of_streams_that_never_were_are_found_beyond_the_first_and_the_last_key() throws SQLException {
        store.sql()
                .sql("insert into key_tag values ('00000000-0000-0000-0000-000000000000', 'x', ''),"
                        + " ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'x', '')")
                .update();

        assertThat(replay(VERIFY).differences())
                .extracting(Difference::after, Difference::count)
                .hasSize(2)
                .anySatisfy(first -> assertThat(first.toList()).containsExactly(null, 1L));
    }

    @Test
    void an_event_that_cannot_be_read_parks_its_key_alone() throws Exception {
        String poisoned = keys.get(5).key().value();
        String event = store.poison(poisoned, "keyledger.key.of-another-version", "{}");
        String broken = store.poison(keys.get(6).key().value(), "keyledger.key.disabled", "{\"keyId\":");
        store.given(keys.get(5).disabled(), keys.get(7).disabled());
        store.sql().sql("update key_state set description = 'forged'").update();

        ReplayReport report = replay(VERIFY);

        assertThat(report.parked()).extracting(ParkedStream::eventId).containsExactly(event, broken);
        assertThat(report.parked().get(0).reason()).contains("keyledger.key.of-another-version");
        assertThat(report.differences().stream()
                        .flatMap(each -> each.rows().stream())
                        .map(Difference.Row::key))
                .as("every other key is compared")
                .containsExactlyInAnyOrderElementsOf(
                        store.texts("select key_id::text from key_state where key_id not in ('" + poisoned + "', '"
                                + keys.get(6).key().value() + "')"));
    }

    @Test
    void an_event_whose_row_the_database_refuses_parks_its_key_alone() throws Exception {
        KeyHistory twice = keys.get(0);
        String again = store.poison(
                twice.key().value(),
                "keyledger.key.created",
                store.texts("select convert_from(payload, 'UTF8') from domain_event where global_index = 1")
                        .get(0));
        store.given(keys.get(8).disabled());

        ReplayReport report = replay(VERIFY);

        assertThat(report.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.eventId()).isEqualTo(again);
            assertThat(parked.stream()).isEqualTo(twice.key().value());
        });
        assertThat(report.differences()).isEmpty();
    }

    /** The view of aliases, which cannot bear one of them. */
    static final class Choosy implements TransactionalView {

        private final TransactionalView view;
        private final AnnotationEventHandlerAdapter handler;

        Choosy(TransactionalView view) {
            this.view = view;
            this.handler = new AnnotationEventHandlerAdapter(view);
        }

        @EventHandler
        void on(AliasCreated event, EventMessage<?> message) throws Exception {
            if (event.name().equals(alias(9))) {
                throw new IllegalStateException("not this one");
            }
            handler.handle(message);
        }

        @Override
        public ViewTable table() {
            return view.table();
        }

        @Override
        public void clear() {
            view.clear();
        }
    }

    private static List<TransactionalView> choosy(Writes writes) {
        return Replay.ofTheService(writes).stream()
                .map(view -> view.table().name().equals("alias") ? new Choosy(view) : view)
                .toList();
    }

    @Test
    void a_handler_that_throws_parks_its_alias_alone_and_nothing_is_exchanged() throws Exception {
        List<String> before = store.texts("select t::text from alias t order by 1");
        // The one view here does not handle deletions.
        store.given(new AliasCreated(alias(3), keys.get(4).key(), KeyHistory.BEGIN));

        ReplayReport report = new Replay(store.owner(), ReplayTest::choosy, ReplayProgress.silent(), SMALL).run(SWAP);

        assertThat(report.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.stream()).isEqualTo(alias(9).value());
            assertThat(parked.reason()).contains("not this one");
        });
        assertThat(report.exchanged()).isFalse();
        assertThat(store.texts("select t::text from alias t order by 1")).hasSize(before.size() + 1);
        ReplayReport compared =
                new Replay(store.owner(), ReplayTest::choosy, ReplayProgress.silent(), SMALL).run(VERIFY);
        assertThat(compared.differences()).isEmpty();
        assertThat(compared.parked()).hasSize(1);
    }

    @Test
    void a_replay_that_broke_off_goes_on_where_it_was() throws Exception {
        store.poison(keys.get(0).key().value(), "keyledger.key.of-another-version", "{}");
        store.given(
                keys.get(1).disabled(),
                keys.get(1).enabled(),
                keys.get(1).disabled(),
                keys.get(1).enabled(),
                keys.get(1).disabled(),
                keys.get(1).enabled());
        long all = 5 * KEYS + 9 + 7;
        ReplayProgress breaking = (step, done, of) -> {
            if (done >= of - SMALL.events()) {
                throw new IllegalStateException("broken off");
            }
        };
        assertThatThrownBy(() -> new Replay(store.owner(), Replay::ofTheService, breaking, SMALL).run(VERIFY))
                .hasMessage("broken off");
        List<Long> seen = new ArrayList<>();

        ReplayReport report =
                new Replay(store.owner(), Replay::ofTheService, (step, done, of) -> seen.add(done), SMALL).run(VERIFY);

        assertThat(report.continued()).isTrue();
        assertThat(report.events()).isEqualTo(all);
        assertThat(report.differences()).isEmpty();
        assertThat(report.parked()).as("what was parked before is known").hasSize(1);
    }

    @Test
    void another_build_or_a_server_that_crashed_or_a_word_makes_it_begin_anew() throws SQLException {
        ReplayProgress breaking = (step, done, of) -> {
            if (done > 0) {
                throw new IllegalStateException("broken off");
            }
        };
        for (int reason = 0; reason < 3; reason++) {
            assertThatThrownBy(() -> new Replay(store.owner(), Replay::ofTheService, breaking, SMALL)
                            .run(new Task(true, false, true, "this build")))
                    .hasMessage("broken off");
            if (reason == 0) {
                // As recovery leaves them.
                store.sql()
                        .sql("truncate keyledger_replay.progress, keyledger_replay.parked, keyledger_replay.key_state")
                        .update();
            }
            ReplayReport report =
                    replay(new Task(true, false, reason == 1, reason == 2 ? "another build" : "this build"));
            assertThat(report.continued()).isFalse();
            assertThat(report.differences()).isEmpty();
        }
    }

    @Test
    void only_one_replay_at_a_time() {
        boolean[] refused = new boolean[1];
        ReplayProgress another = (step, done, of) -> {
            if (!refused[0]) {
                assertThatExceptionOfType(ReplayException.class)
                        .isThrownBy(() -> replay(VERIFY))
                        .withMessageContaining("Another replay");
                refused[0] = true;
            }
        };

        assertThat(runWith(another).differences()).isEmpty();
        assertThat(refused[0]).isTrue();
    }

    private ReplayReport runWith(ReplayProgress progress) {
        try {
            return new Replay(store.owner(), Replay::ofTheService, progress, SMALL).run(VERIFY);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void changes_that_commit_while_it_compares_are_no_differences() throws SQLException {
        int[] changes = new int[1];
        // Among others just before each range is looked at, when the rebuilt tables have been brought up to date.
        DataSource busy = new BusyDataSource(store.owner(), () -> {
            KeyHistory key = new KeyHistory(100 + changes[0]++);
            store.given(
                    key.created(Origin.ALIYUN_KMS),
                    key.tagged(Map.of("k", "v"), List.of()),
                    keys.get(changes[0] % 3).described("change " + changes[0]));
            return null;
        });

        ReplayReport report = new Replay(busy, Replay::ofTheService, ReplayProgress.silent(), SMALL).run(VERIFY);

        assertThat(changes[0]).isGreaterThan(10);
        assertThat(report.differences()).isEmpty();
        assertThat(report.events()).isGreaterThan(5 * KEYS + 9);
    }

    /** Something happens whenever one of its connections is about to make a plain statement. */
    private static final class BusyDataSource extends DelegatingDataSource {

        private final Callable<?> happening;

        BusyDataSource(DataSource target, Callable<?> happening) {
            super(target);
            this.happening = happening;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection real = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("createStatement")) {
                            happening.call();
                        }
                        return method.invoke(real, arguments);
                    });
        }
    }

    @Test
    void an_event_of_an_open_transaction_is_waited_for() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection connection = store.owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set application_name = 'waits'");
            store.begin(keys.get(0).disabled());
            long drawn = Long.parseLong(store.texts("select last_value::text from domain_event_global_index_seq")
                    .get(0));

            Future<Long> horizon = thread.submit(() -> EventHorizon.await(connection));
            // It has looked at who is writing and goes on looking.
            until(() -> !store.texts("select query from pg_stat_activity where application_name = 'waits'"
                            + " and query like '%pg_locks%'")
                    .isEmpty());
            assertThat(horizon.isDone()).isFalse();
            store.commit();

            assertThat(horizon.get(30, TimeUnit.SECONDS)).isEqualTo(drawn);
        } finally {
            thread.shutdownNow();
        }
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    @Test
    void exchanged_tables_are_as_migrations_make_them_and_are_written_on() throws Exception {
        List<String> before = store.definitions();
        List<String> rows = store.texts("select t::text from key_state t order by 1");
        store.sql().sql("update key_state set description = 'forged'").update();
        store.sql()
                .sql("insert into key_listing_mark values (now(), gen_random_uuid(), 4711)")
                .update();

        ReplayReport report = replay(SWAP);

        assertThat(report.exchanged()).isTrue();
        assertThat(store.definitions()).isEqualTo(before);
        assertThat(store.texts("select t::text from key_state t order by 1")).isEqualTo(rows);
        assertThat(store.texts("select keys::text from key_listing_mark")).isEmpty();
        store.given(keys.get(0).disabled(), keys.get(4).destroyed(), new KeyHistory(77).created(Origin.EXTERNAL));
        assertThat(replay(VERIFY).differences()).isEmpty();
    }

    @Test
    void an_exchange_gives_way_to_whoever_uses_the_tables_and_comes_again() throws Exception {
        forge(0, "update key_state set description = 'forged' where key_id = '%s'");
        String waiting = "select mode from pg_locks where relation = 'key_state'::regclass and not granted";
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection reader = store.owner().getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("lock table key_state in access share mode");
            Future<ReplayReport> exchange = thread.submit(() -> replay(SWAP));
            until(() -> !store.texts(waiting).isEmpty());
            until(() -> store.texts(waiting).isEmpty());
            store.given(keys.get(0).described("while the exchange stands back"));
            reader.rollback();

            assertThat(exchange.get(60, TimeUnit.SECONDS).exchanged()).isTrue();
        } finally {
            thread.shutdownNow();
        }
        assertThat(store.texts("select description from key_state where key_id = '" + id(0) + "'"))
                .containsExactly("while the exchange stands back");
        assertThat(replay(VERIFY).differences()).isEmpty();
    }

    @Test
    void a_comparison_that_finds_nothing_exchanges_nothing() throws SQLException {
        List<String> oid = store.texts("select 'key_state'::regclass::oid::text");

        assertThat(replay(new Task(true, true, false, "this build")).exchanged())
                .isFalse();
        assertThat(store.texts("select 'key_state'::regclass::oid::text")).isEqualTo(oid);
    }
}
