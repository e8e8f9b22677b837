package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.sequencer.NumberingProcess;
import dev.keyledger.api.faults.DatabaseLink;
import dev.keyledger.api.faults.Harm;
import dev.keyledger.api.faults.Moment;
import dev.keyledger.api.faults.Trap;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of the audit log under load, and when whoever makes it dies: dense, without a double, whole, and true for every key. */
class SequencerIT {

    private static final AccessKeyPair ACCESS_KEY =
            new AccessKeyPair(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(12);
    private static final int CLIENTS = 8;

    private static final List<Moment> SEAMS = List.of(
            Moment.BEFORE_TERM,
            Moment.BEFORE_HORIZON,
            Moment.BEFORE_PASSAGE,
            Moment.BEFORE_CHUNK,
            Moment.BEFORE_NUMBERS,
            Moment.BEFORE_HEAD,
            Moment.BEFORE_CHUNK_COMMIT,
            Moment.AFTER_CHUNK_COMMIT);

    @Test
    void two_nodes_under_load_make_one_order_whichever_of_them_is_cut_off() {
        try (TestDatabase database = TestPostgres.freshDatabase();
                DatabaseLink oneLink = DatabaseLink.to(database);
                DatabaseLink otherLink = DatabaseLink.to(database);
                TestNode one =
                        TestNode.with().database(oneLink.through(database)).start();
                TestNode other =
                        TestNode.with().database(otherLink.through(database)).start()) {
            Store store = Store.of(database);
            Load load = Load.on(
                    List.of(one.baseUri(), other.baseUri()), ACCESS_KEY, Load.mostlyUses(CLIENTS), CLIENT_PATIENCE);
            try (load) {
                Await.until("work flows", PATIENCE, () -> load.successes() >= 200);
                Await.until("somebody leads", PATIENCE, () -> leads(one) || leads(other));
                boolean first = leads(one);

                (first ? oneLink : otherLink).swallow();
                long then = size(store);
                Duration silent = Await.until("the other one goes on", PATIENCE, () -> size(store) > then + 50);
                assertThat(leads(first ? other : one)).isTrue();
                (first ? oneLink : otherLink).pass();
                Await.until("whoever was cut off knows it", PATIENCE, () -> !leads(first ? one : other));

                (first ? otherLink : oneLink).cut();
                long again = size(store);
                Duration cut = Await.until("somebody goes on", PATIENCE, () -> size(store) > again + 50);
                System.out.printf(
                        "numbering goes on %d ms after its leader fell silent, %d ms after it was cut off%n",
                        silent.toMillis(), cut.toMillis());
            }
            Await.until(
                    "all have their number",
                    PATIENCE,
                    () -> store.count(
                                    "select count(*) from audit_record where record_id > (select last_record_id from sequencer)")
                            == 0);
            checkOrder(store);
            assertThat(store.count("""
                            select count(*) from (
                                select r.key_state_versions[1] as version,
                                    lag(r.key_state_versions[1]) over (partition by r.key_ids[1] order by i.log_index) as before
                                from audit_index i join audit_record r using (recorded_at, record_id)
                                where cardinality(r.event_ids) > 0 and r.action in ('CreateKey', 'EnableKey', 'DisableKey')) c
                            where version <= before
                            """))
                    .as("changes of a key in another order than its own")
                    .isZero();
            System.out.printf(
                    "one order of %d records of two nodes, epoch %d: %s%n", size(store), epoch(store), load.codes());
        }
    }

    private static boolean leads(TestNode node) {
        return node.bean(MeterRegistry.class)
                        .get("keyledger.sequencer.leader")
                        .gauge()
                        .value()
                == 1;
    }

    private static long size(Store store) {
        return store.count("select next_index from sequencer");
    }

    private static long epoch(Store store) {
        return store.count("select epoch from sequencer");
    }

    private static void checkOrder(Store store) {
        assertThat(store.rows("""
                        select count(*) as numbers, coalesce(max(log_index) + 1, 0) as next, (select next_index from sequencer) as head
                        from audit_index
                        """))
                .singleElement()
                .satisfies(row -> assertThat(row.get("numbers"))
                        .isEqualTo(row.get("next"))
                        .isEqualTo(row.get("head")));
        assertThat(store.texts("""
                        select r.record_id::text from audit_record r full join audit_index i using (recorded_at, record_id)
                        where i.log_index is null and r.record_id <= (select last_record_id from sequencer) or r.node is null
                        """))
                .as("records that were passed over, or numbers of no record")
                .isEmpty();
        assertThat(store.count("""
                        select count(*) from (
                            select record_id, lag(record_id) over (order by log_index) as before from audit_index) i
                        where record_id <= before
                        """)).as("records out of the order of their ids").isZero();
    }

    @Test
    void a_node_or_a_database_that_dies_between_any_two_steps_leaves_no_gap_no_double_and_no_loss(
            @TempDir Path directory) throws SQLException {
        try (MortalPostgres server = MortalPostgres.in(directory);
                DatabaseLink link = DatabaseLink.to(server.database())) {
            TestPostgres.furnish(server.database());
            List<Long> acknowledged = new ArrayList<>();
            Numbering node = new Numbering(link.through(server.database()));
            try {
                for (Moment seam : SEAMS) {
                    spring(link, seam, server, acknowledged);
                    node.close();
                    link.cut();
                    node = new Numbering(link.through(server.database()));
                    check(server, acknowledged, "a node killed " + seam);
                }
                for (Moment seam : SEAMS) {
                    spring(link, seam, server, acknowledged);
                    server.killAndRestart();
                    link.redirect(server.port());
                    link.cut();
                    check(server, acknowledged, "a database killed " + seam);
                }
            } finally {
                node.close();
            }
            System.out.printf(
                    "nodes and databases killed at %d seams each: one order of %d records, epoch %d%n",
                    SEAMS.size(), acknowledged.size(), epoch(Store.of(server.database())));
        }
    }

    /** Gives the node something to do and waits until it has got to the seam, from where nothing it says or hears arrives any more. */
    private static void spring(DatabaseLink link, Moment seam, MortalPostgres server, List<Long> acknowledged)
            throws SQLException {
        Trap trap = link.arm(seam, Harm.SILENCE);
        if (seam == Moment.BEFORE_TERM) {
            link.cut();
        }
        write(server, acknowledged);
        Await.until("the node gets to " + seam, PATIENCE, trap::hasSprung);
        write(server, acknowledged);
    }

    /** A record that commits after a later one, and one that is given up. */
    private static void write(MortalPostgres server, List<Long> acknowledged) throws SQLException {
        Store store = Store.of(server.database());
        try (Connection slow = store.dataSource().getConnection();
                Connection fast = store.dataSource().getConnection()) {
            slow.setAutoCommit(false);
            fast.setAutoCommit(false);
            long early = record(slow);
            long late = record(fast);
            fast.commit();
            record(fast);
            fast.rollback();
            slow.commit();
            acknowledged.add(early);
            acknowledged.add(late);
        }
    }

    private static long record(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)
                        values (keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success') returning record_id
                        """)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void check(MortalPostgres server, List<Long> acknowledged, String after) {
        Store store = Store.of(server.database());
        long last = acknowledged.get(acknowledged.size() - 1);
        Await.until(
                "all records have their number after " + after,
                PATIENCE,
                () -> store.count("select last_record_id from sequencer") >= last);
        checkOrder(store);
        assertThat(store.texts("select record_id::text from audit_index order by log_index"))
                .as("the order after %s", after)
                .isEqualTo(acknowledged.stream().sorted().map(String::valueOf).toList());
    }

    /** A process that numbers records. */
    private static final class Numbering implements AutoCloseable {

        private final Process process;

        Numbering(TestDatabase database) {
            try {
                process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-cp",
                                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                                NumberingProcess.class.getName(),
                                database.url(),
                                database.serviceUser(),
                                database.servicePassword())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(new File("target/numbering-process.log"))
                        .start();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /** Kills it, as a power cut would. */
        @Override
        public void close() {
            process.destroyForcibly();
            Await.until("a killed process ends", PATIENCE, () -> !process.isAlive());
        }
    }
}
