package dev.keyledger.api.adapter.scrubber;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.transparency.BrokenLogException;
import dev.keyledger.api.adapter.transparency.Checkpointer;
import dev.keyledger.api.adapter.transparency.LogNode;
import dev.keyledger.api.adapter.transparency.LogRecords;
import dev.keyledger.api.adapter.transparency.SignedHead;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.tree.RightEdge;
import dev.keyledger.evidence.tree.Tile;
import dev.keyledger.evidence.tree.TileSink;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeHasher;
import dev.keyledger.projection.sequencer.IndexHead;
import dev.keyledger.projection.sequencer.SequencerTerm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whoever owns the database changes one thing of an old log, and the scrubber says where. The log has 600 records in two full tiles and a rest,
 * signed at 100, 300 and 600; each tenth record covers an event.
 */
class ScrubberTest {

    private static final String[] TABLES = {"audit_record", "audit_index", "domain_event", "log_tile", "log_checkpoint"
    };

    private static final TestStore STORE = new TestStore();
    private static final LogNode NODE = LogNode.withCheckpointer(STORE, Scrubber.class, ScrubProgress.class);

    private static long epoch;

    @BeforeAll
    static void signALog() throws Exception {
        try (Connection connection = STORE.dataSource().getConnection()) {
            for (int more : new int[] {100, 200, 300}) {
                write(more);
                SequencerTerm sequencer = LogNode.number(connection);
                epoch = sequencer.epoch();
                NODE.signAll(epoch);
            }
        }
        for (String table : TABLES) {
            change("create table kept_" + table + " as table " + table);
        }
    }

    /** The digest of ADR 0007 in SQL, so that Java is not asked what Java says. */
    private static void write(int count) {
        LogNode.write(STORE, count);
        owner().sql("""
                        with fresh as (
                            select record_id from audit_record where record_id % 10 = 1 and event_ids = '{}'),
                        event as (
                            insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                                payload_revision, time_stamp, payload, meta_data)
                            select 'event-' || record_id, 'Key', 'key', record_id, 'Tested', '1', '', convert_to('{"n":' || record_id || '}', 'UTF8'), '{}'
                            from fresh order by record_id returning *)
                        update audit_record r set event_ids = array[event_identifier], event_digests = array[sha256(
                            (select string_agg(int4send(length(part)) || part, ''::bytea order by n) from unnest(array[
                                convert_to(event_identifier, 'UTF8'), convert_to(aggregate_type, 'UTF8'), convert_to(aggregate_identifier, 'UTF8'),
                                convert_to(sequence_number::text, 'UTF8'), convert_to(payload_type, 'UTF8'), convert_to(payload_revision, 'UTF8'),
                                payload, meta_data]) with ordinality parts (part, n)))]
                        from event e where r.record_id = e.sequence_number
                        """).update();
    }

    @AfterEach
    void putBack() {
        STORE.ownerSql().sql("truncate " + String.join(", ", TABLES)).update();
        for (String table : TABLES) {
            change("insert into " + table + " select * from kept_" + table);
        }
        change("update log_scrub set size = 0");
    }

    @AfterAll
    static void close() {
        STORE.close();
    }

    private static JdbcClient owner() {
        return STORE.ownerSql();
    }

    private static int change(String sql) {
        return owner().sql(sql).update();
    }

    private static Scrubber scrubber() {
        return NODE.bean(Scrubber.class);
    }

    private static void broken(long firstBad, String sentence) {
        Optional<BrokenLogException> found = scrubber().scrubAll();
        assertThat(found).as("finds it").isPresent();
        assertThat(found.get()).hasMessageContaining(sentence);
        assertThat(found.get().firstBad()).as(found.get().getMessage()).hasValue(firstBad);
    }

    @Test
    void a_log_that_is_as_it_was_signed_is_passed_over() {
        assertThat(scrubber().scrubAll()).isEmpty();
        assertThat(NODE.bean(ScrubProgress.class).read().completedAt()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "17  | record 17 has not the hash    | update audit_record set action = 'Other' where record_id = 18",
                "300 | record 300 is missing         | delete from audit_record where record_id = 301",
                "300 | record 300 has no place       | delete from audit_index where log_index = 300",
                "55  | record 55 is missing          | update audit_record set recorded_at = recorded_at - interval '1 day' where record_id = 56",
                "300 | one of the records from 300 to 599 | update audit_record set outcome = 'Refused' where record_id = 551",
                "70  | beside record 70 lies another | insert into audit_record (record_id, recorded_at, node, request_id, auth_method,"
                        + " replay_protected, action, outcome) select record_id, recorded_at - interval '1 hour', node, request_id,"
                        + " auth_method, replay_protected, action, outcome from audit_record where record_id = 71",
                "20  | event 0 of record 20 is not   | update domain_event set payload = '{\"n\":22}' where sequence_number = 21",
                "20  | event 0 of record 20 is missing | delete from domain_event where sequence_number = 21",
                "20  | event 0 of record 20 is not   | update domain_event set sequence_number = 22 where sequence_number = 21",
                "130 | record 130 has not the hash   | update log_tile set hashes = overlay(hashes placing '\\x0102' from 130 * 32 + 5)"
                        + " where tile_index = 0",
                "256 | tile 0/1 is missing           | delete from log_tile where tile_index = 1",
            })
    void one_change_of_a_record_an_event_or_a_tile_is_found_and_named(long firstBad, String sentence, String harm) {
        assertThat(change(harm)).isEqualTo(1);
        broken(firstBad, sentence);
    }

    @Test
    void records_that_changed_places_are_found_at_the_first_of_them() {
        change("update audit_index set log_index = 1000000 where log_index = 40");
        change("update audit_index set log_index = 40 where log_index = 290");
        change("update audit_index set log_index = 290 where log_index = 1000000");
        broken(40, "record 40 has not the hash");
    }

    @Test
    void a_record_that_was_dropped_with_its_place_is_found_where_the_others_moved_up() {
        change("delete from audit_record where record_id = 301");
        change("delete from audit_index where log_index = 300");
        for (int place = 301; place < 600; place++) {
            change("update audit_index set log_index = " + (place - 1) + " where log_index = " + place);
        }
        broken(300, "record 300 has not the hash");
    }

    @Test
    void a_record_that_was_back_dated_with_its_place_is_found() {
        change("update audit_record set recorded_at = recorded_at - interval '1 day' where record_id = 56");
        change("update audit_index set recorded_at = recorded_at - interval '1 day' where record_id = 56");
        broken(55, "record 55 has not the hash");
    }

    @Test
    void a_record_that_was_replaced_together_with_its_tile_is_found_between_two_checkpoints() {
        change("update audit_record set action = 'Other' where record_id = 111");
        byte[] record = NODE.records.entries(110, 1).get(0).canonical();
        byte[] leaf = new TreeHasher().leaf(record).bytes();
        owner().sql("update log_tile set hashes = overlay(hashes placing :leaf from 110 * 32 + 1) where tile_index = 0")
                .param("leaf", leaf)
                .update();
        broken(100, "one of the records from 100 to 299 was changed");
    }

    @Test
    void an_event_that_nobody_recorded_is_found() {
        change("""
                insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type, payload_revision,
                    time_stamp, payload, meta_data)
                select 'again', aggregate_type, aggregate_identifier, 9999, payload_type, payload_revision, time_stamp, payload, meta_data
                from domain_event where sequence_number = 21
                """);
        assertThat(scrubber().scrubAll().orElseThrow()).hasMessageContaining("of the store is in no record of the log");
    }

    @Test
    void an_event_that_was_recorded_after_the_last_checkpoint_is_nobodys_forgery() {
        write(50);
        assertThat(scrubber().scrubAll()).isEmpty();
    }

    @Test
    void an_event_that_two_records_cover_is_found_at_the_second() {
        List<AuditRecordForm> records =
                NODE.records.entries(20, 1).stream().map(LogRecords.Entry::form).toList();
        CoveredEventsCheck check = new CoveredEventsCheck(owner());
        check.check(20, records);
        assertThatThrownBy(() -> check.check(30, records))
                .isInstanceOfSatisfying(
                        BrokenLogException.class,
                        found -> assertThat(found.firstBad()).hasValue(30))
                .hasMessageContaining("covered by an earlier record");
    }

    private static ScrubRound round(RightEdge from) {
        return new ScrubRound(
                NODE.log,
                NODE.records,
                JdbcClient.create(STORE.dataSource()),
                NODE.log.latest().orElseThrow(),
                from);
    }

    @Test
    void a_round_goes_on_from_any_checkpoint() {
        for (SignedHead checkpoint : NODE.log.checkpoints(0, 600)) {
            ScrubRound round = round(NODE.log.edge(checkpoint));
            long compared = 0;
            for (int done = round.step(); done > 0; done = round.step()) {
                compared += done;
            }
            assertThat(compared).isEqualTo(600 - checkpoint.size());
            assertThat(round.verified()).isEqualTo(600);
        }
    }

    @Test
    void a_tile_above_others_is_compared_with_what_is_below_it() throws SQLException {
        long before = 65_280;
        TreeBuilder tree = new TreeBuilder(TileSink.NONE);
        for (int n = 0; n < before; n++) {
            tree.addLeaf(new byte[TreeHash.BYTES], 0);
        }
        RightEdge edge = tree.edge();
        change("update audit_index set log_index = log_index + " + (before - 1));
        change("delete from log_checkpoint where size < 600");
        change("delete from log_tile");
        TreeBuilder whole = new TreeBuilder(edge, (level, index, hashes) -> {
            if (level == 1) {
                hashes[7 * TreeHash.BYTES] ^= 1;
            }
            owner().sql("insert into log_tile values (?, ?, ?)")
                    .params(level, index, hashes)
                    .update();
        });
        NODE.records.entries(before, Tile.WIDTH).forEach(each -> whole.addRecord(each.canonical()));
        // Only the way up to the tile matters here, and not how many records the last checkpoint has.
        ScrubRound round = new ScrubRound(
                NODE.log, NODE.records, JdbcClient.create(STORE.dataSource()), NODE.headOf(before + Tile.WIDTH), edge);

        assertThatThrownBy(round::step)
                .isInstanceOfSatisfying(
                        BrokenLogException.class,
                        found -> assertThat(found.firstBad()).hasValue(7L * Tile.WIDTH))
                .hasMessageContaining("tile 1/0 does not stand for what is below it");
    }

    @Test
    void what_it_finds_ends_all_signing_and_health_names_the_place() throws Exception {
        try (TestStore own = new TestStore();
                Connection connection = own.dataSource().getConnection()) {
            LogNode node = LogNode.withCheckpointer(own, Scrubber.class, ScrubProgress.class);
            Checkpointer checkpointer = node.bean(Checkpointer.class);
            SequencerTerm sequencer = node.grow(connection, 300);
            checkpointer.begun(sequencer.epoch(), head(300));
            await().atMost(Duration.ofSeconds(30)).until(() -> node.log.latest().isPresent());
            assertThat(health(node).getStatus()).isEqualTo(Status.UP);

            own.ownerSql()
                    .sql("update audit_record set action = 'Other' where record_id = 4")
                    .update();
            assertThat(node.bean(Scrubber.class).scrubAll()).isPresent();

            assertThat(health(node).getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(node).getDetails()).containsEntry("firstBadLogIndex", 3L);
            assertThat(checkpointer.signs()).isFalse();
            long signed = node.log.latest().orElseThrow().size();
            LogNode.write(own, 1_500);
            assertThat(LogNode.number(sequencer)).isTrue();
            checkpointer.grown(head(1_800));
            // Signs what there is before it ends, if it signs at all.
            checkpointer.stop();
            assertThat(node.log.latest().orElseThrow().size()).isEqualTo(signed);
        }
    }

    @Test
    void it_goes_round_by_itself_and_finds_a_record_that_was_changed_meanwhile() throws Exception {
        try (TestStore own = new TestStore();
                Connection connection = own.dataSource().getConnection()) {
            LogNode node = LogNode.withCheckpointer(own, ScrubProgress.class);
            Checkpointer checkpointer = node.bean(Checkpointer.class);
            checkpointer.begun(node.grow(connection, 300).epoch(), head(300));
            await().atMost(Duration.ofSeconds(30)).until(() -> node.log.latest().isPresent());
            Scrubber scrubber = new Scrubber(
                    node.log,
                    node.records,
                    checkpointer,
                    node.bean(ScrubProgress.class),
                    JdbcClient.create(own.dataSource()),
                    node.bean(Settings.class),
                    new SimpleMeterRegistry(),
                    Duration.ofMillis(20));
            scrubber.start();
            try {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> node.bean(ScrubProgress.class).read().completedAt() != null);
                assertThat(checkpointer.broken()).as("nothing is wrong yet").isEmpty();

                own.ownerSql()
                        .sql("update audit_record set action = 'Other' where record_id = 4")
                        .update();

                await().atMost(Duration.ofSeconds(30)).until(() -> !checkpointer.signs());
                assertThat(checkpointer.broken().orElseThrow().firstBad()).hasValue(3);
                assertThat(health(node).getDetails()).containsEntry("firstBadLogIndex", 3L);
            } finally {
                scrubber.stop();
            }
        }
    }

    private static IndexHead head(long size) {
        return new IndexHead(size, size);
    }

    private static Health health(LogNode node) {
        return Objects.requireNonNull(node.bean(HealthIndicator.class).health());
    }
}
