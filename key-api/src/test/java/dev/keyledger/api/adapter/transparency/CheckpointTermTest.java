package dev.keyledger.api.adapter.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.api.adapter.transparency.CheckpointTerm.Outcome;
import dev.keyledger.api.adapter.vault.LogSigningKey;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.tree.TileSink;
import dev.keyledger.evidence.tree.TreeBuilder;
import dev.keyledger.evidence.tree.TreeHash;
import dev.keyledger.evidence.tree.TreeProver;
import dev.keyledger.projection.sequencer.SequencerTerm;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is signed goes on from everything that was signed before, or nothing is. */
class CheckpointTermTest {

    private final TestStore store = new TestStore();
    private final LogNode node = new LogNode(store);

    private Connection connection;

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void connect() throws SQLException {
        connection = store.dataSource().getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        store.close();
    }

    private int change(String sql) {
        return store.ownerSql().sql(sql).update();
    }

    private AnchorFile anchor() {
        return new AnchorFile(directory.resolve("anchor"), node.log.key());
    }

    private static void broken(Callable<?> act, String... sentence) {
        assertThatThrownBy(act::call).isInstanceOf(BrokenLogException.class).hasMessageContainingAll(sentence);
    }

    /** The head over these records, computed from nothing but them. */
    private TreeHash head(long size) {
        TileSink nowhere = (level, index, hashes) -> {};
        TreeBuilder tree = new TreeBuilder(nowhere);
        List<UUID> requests = store.ownerSql()
                .sql("select request_id from audit_record join audit_index using (recorded_at, record_id)"
                        + " where log_index < ? order by log_index")
                .param(size)
                .query(UUID.class)
                .list();
        AuditRecordReader reader = node.bean(AuditRecordReader.class);
        requests.forEach(
                request -> tree.addRecord(reader.ofRequest(request).get(0).canonical()));
        return tree.root();
    }

    @Test
    void a_checkpoint_covers_every_record_in_its_canonical_form_and_order() throws Exception {
        SequencerTerm sequencer = node.grow(connection, 300);
        SignedHead signed = node.sign(sequencer.epoch());

        assertThat(signed.size()).isEqualTo(300);
        assertThat(signed.checkpoint().root()).isEqualTo(head(300));
        assertThat(node.begin(sequencer.epoch()).sign()).isEqualTo(Outcome.NOTHING_NEW);
    }

    @Test
    void a_record_with_everything_has_the_bytes_that_its_reader_gives_it() throws Exception {
        UUID request = UUID.randomUUID();
        store.ownerSql().sql("""
                        insert into audit_record (recorded_at, node, request_id, principal, access_key_id, auth_method, replay_protected,
                            source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, alias_used, outcome, error_code, reason,
                            caller_reason, context, destination_context, digest, input_size, output_size, event_ids, event_digests, policy_id,
                            weak_material, unrecoverable_after)
                        values (keyledger_now(), 'n', ?, 'p', 'a', 'V3', true, '::1', 'ü 😀', 'Decrypt', array[gen_random_uuid(), gen_random_uuid()],
                            array[3, -1], gen_random_uuid(), 'alias/x', 'Refused', 'c', 'r', 'cr', '{"a":"ß"}', '{"b":"2"}', '\\x01ff', 0, 5,
                            array['e1', 'e2'], array['\\x01'::bytea, '\\x02'::bytea], 'pol', 'zero', keyledger_now() + interval '1 year')
                        """).param(request).update();
        LogNode.number(connection);
        byte[] expected =
                node.bean(AuditRecordReader.class).ofRequest(request).get(0).canonical();
        assertThat(node.records.read(0, 1)).containsExactly(expected);
        assertThat(AuditRecordForm.parse(expected))
                .satisfies(form -> assertThat(List.of(form.principal(), form.accessKeyId(), form.authMethod()))
                        .containsExactly("p", "a", "V3"))
                .satisfies(form -> assertThat(List.of(form.errorCode(), form.reason(), form.callerReason()))
                        .containsExactly("c", "r", "cr"))
                .satisfies(form -> assertThat(List.of(form.inputSize(), form.outputSize(), form.digest()))
                        .containsExactly(0, 5, "01ff"))
                .satisfies(form -> assertThat(form.eventDigests()).containsExactly("01", "02"));
    }

    @Test
    void records_are_read_in_the_order_of_the_table_s_columns() {
        String inOrder = AuditRecordReader.COLUMNS.replaceAll("nullif\\((\\w+), '\\{}'\\)", "$1");
        assertThat(store.ownerSql()
                        .sql(
                                "select column_name from information_schema.columns where table_name = 'audit_record' order by ordinal_position")
                        .query(String.class)
                        .list())
                .startsWith(inOrder.split("\\s*,\\s*"));
    }

    @Test
    void a_record_that_nobody_numbered_is_passed_over() throws Exception {
        node.sign(node.grow(connection, 20).epoch());
        TreeHash before = node.log.latest().orElseThrow().checkpoint().root();
        change(
                "insert into audit_record select (jsonb_populate_record(null::audit_record,"
                        + " to_jsonb(r) || '{\"recorded_at\": \"2020-01-01T00:00:00Z\"}')).* from audit_record r where record_id in (5, 9)");
        change(
                "insert into audit_record select (jsonb_populate_record(null::audit_record,"
                        + " to_jsonb(r) || '{\"recorded_at\": \"2999-01-01T00:00:00Z\"}')).* from audit_record r where record_id = 20");

        assertThat(node.log.edge(node.log.latest().orElseThrow()).root()).isEqualTo(before);
    }

    @Test
    void every_term_goes_on_where_the_last_one_signed() throws Exception {
        int size = 0;
        for (int next : new int[] {1, 2, 255, 256, 257, 512, 900}) {
            node.sign(node.grow(connection, next - size).epoch());
            size = next;
        }
        SignedHead last = node.log.latest().orElseThrow();
        TreeProver prover = new TreeProver(node.log.edge(last), node.log);
        assertThat(node.log.checkpointsAbove(0, 100))
                .hasSize(7)
                .allSatisfy(head -> assertThat(prover.consistency(head.size(), 900)
                                .proves(
                                        head.checkpoint().root(),
                                        last.checkpoint().root()))
                        .isTrue());
        assertThat(last.checkpoint().root()).isEqualTo(head(900));
        assertThat(store.sql()
                        .sql("select count(*) from log_tile")
                        .query(Long.class)
                        .single())
                .isEqualTo(3);
    }

    @Test
    void a_tree_with_tiles_of_several_levels_is_found_again() throws Exception {
        long size = 70_000;
        int behind = (int) (size % 256);
        LogNode.write(store, behind);
        store.ownerSql().sql("""
                        insert into audit_index (log_index, record_id, recorded_at)
                        select ? + row_number() over (order by record_id) - 1, record_id, recorded_at from audit_record
                        """).param(size - behind).update();
        List<LogStore.NewTile> tiles = new ArrayList<>();
        TreeBuilder tree =
                new TreeBuilder((level, index, hashes) -> tiles.add(new LogStore.NewTile(level, index, hashes)));
        for (int n = 0; n < size - behind; n++) {
            tree.addRecord(new byte[] {(byte) n, (byte) (n >> 8), (byte) (n >> 16)});
        }
        node.records.read(size - behind, behind).forEach(tree::addRecord);
        long epoch = SequencerTerm.begin(connection).epoch();
        change("update sequencer set next_index = 70000");
        Checkpoint checkpoint = new Checkpoint(node.log.key().name(), size, tree.root());
        SignedHead head = new SignedHead(
                checkpoint, checkpoint.signedBy(node.bean(LogSigningKey.class).signer()));

        assertThat(node.log.store(epoch, 0, head, tiles)).isEqualTo(LogStore.Outcome.STORED);
        assertThat(node.log.edge(head)).isEqualTo(tree.edge());
        assertThat(node.begin(epoch).size()).isEqualTo(size);
    }

    @Test
    void whoever_was_succeeded_signs_nothing() throws Exception {
        SequencerTerm sequencer = node.grow(connection, 300);
        CheckpointTerm slow = node.begin(sequencer.epoch());
        slow.read(300);
        try (Connection another = store.dataSource().getConnection()) {
            SequencerTerm.begin(another);
        }
        assertThat(slow.sign()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(node.log.latest()).isEmpty();
        assertThat(store.sql()
                        .sql("select count(*) from log_tile")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void two_terms_of_one_epoch_do_not_both_sign() throws Exception {
        long epoch = node.grow(connection, 10).epoch();
        CheckpointTerm one = node.begin(epoch);
        CheckpointTerm other = node.begin(epoch);
        one.read(8);
        other.read(9);
        assertThat(one.sign()).isEqualTo(Outcome.SIGNED);
        assertThatThrownBy(other::sign).isInstanceOf(IllegalStateException.class);
        assertThat(node.sign(epoch).size()).isEqualTo(10);
    }

    @Test
    void nodes_that_take_the_lead_from_each_other_at_any_moment_make_one_log() throws Exception {
        int rounds = 15;
        ExecutorService nodes = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> signed = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                LogNode contender = new LogNode(store);
                signed.add(nodes.submit(() -> contend(contender, rounds)));
            }
            int all = 0;
            for (Future<Integer> each : signed) {
                all += each.get();
            }
            assertThat(all).as("checkpoints").isPositive();
        } finally {
            nodes.shutdownNow();
        }
        SignedHead last = node.log.latest().orElseThrow();
        TreeProver prover = new TreeProver(node.log.edge(last), node.log);
        assertThat(node.log.checkpointsAbove(0, 10_000))
                .allSatisfy(head -> assertThat(prover.root(head.size()))
                        .isEqualTo(head.checkpoint().root()));
        assertThat(last.checkpoint().root()).isEqualTo(head(last.size()));
    }

    private int contend(LogNode contender, int rounds) throws SQLException, IOException {
        int signed = 0;
        try (Connection own = store.dataSource().getConnection()) {
            for (int round = 0; round < rounds; round++) {
                LogNode.write(store, 37);
                SequencerTerm sequencer = SequencerTerm.begin(own);
                if (!LogNode.number(sequencer)) {
                    continue;
                }
                try {
                    CheckpointTerm term = contender.begin(sequencer.epoch(), anchor());
                    term.read(sequencer.head().size());
                    if (term.sign() == Outcome.SIGNED) {
                        signed++;
                        anchorIfFree(contender.log.latest().orElseThrow());
                    }
                } catch (IllegalStateException overtaken) {
                    // Somebody signed between two looks of ours; the next round finds it.
                    assertThat(overtaken).hasMessageContaining("was signed meanwhile");
                }
            }
        }
        return signed;
    }

    private void anchorIfFree(SignedHead head) throws IOException {
        try {
            anchor().append(head.note());
        } catch (IOException anotherWrites) {
            // As between processes, where the lock makes one wait.
            assertThat(anotherWrites).hasMessageContaining("another node of this process");
        }
    }

    @Test
    void a_record_that_was_changed_after_it_was_covered_ends_all_signing() throws Exception {
        for (int size : new int[] {3, 700}) {
            node.sign(node.grow(connection, size == 3 ? 3 : 697).epoch());
            assertThat(change("update audit_record set action = 'Other' where record_id = " + size))
                    .isEqualTo(1);
            long epoch = SequencerTerm.begin(connection).epoch();
            broken(() -> node.begin(epoch), "the head that was signed for " + size + " records", "was changed");
            change("update audit_record set action = 'Test'");
        }
    }

    @Test
    void a_record_that_was_changed_between_reading_and_signing_was_signed_as_it_was() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        TreeHash before = head(20);
        CheckpointTerm term = node.begin(epoch);
        term.read(20);
        change("update audit_record set outcome = 'Refused' where record_id = 7");
        term.sign();

        assertThat(node.log.latest().orElseThrow().checkpoint().root()).isEqualTo(before);
        broken(() -> node.begin(epoch), "was changed");
    }

    @Test
    void a_record_that_cannot_be_read_ends_all_signing_and_is_named() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        change("delete from audit_record where record_id = 15");
        change("update audit_record set recorded_at = recorded_at - interval '1 day' where record_id = 13");
        change("delete from audit_index where log_index = 10");
        change("update audit_record set format = 2 where record_id = 9");
        change("update audit_record set context = 'x' where record_id = 7");
        change("delete from audit_index where log_index >= 17");

        broken(() -> node.records.read(14, 1), "record 14 is missing");
        broken(() -> node.records.read(12, 1), "record 12 is missing");
        broken(() -> node.records.read(10, 1), "record 10 has no place");
        broken(() -> node.records.read(9, 3), "record 10 has no place");
        broken(() -> node.records.read(8, 1), "record 8 has no canonical form");
        broken(() -> node.records.read(16, 4), "record 17 has no place");
        CheckpointTerm term = node.begin(epoch);
        broken(
                () -> {
                    term.read(20);
                    return term;
                },
                "record 6 has no canonical form");
    }

    @Test
    void records_that_changed_places_end_all_signing() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        node.sign(epoch);
        change("alter table audit_index drop constraint audit_index_record_id_key");
        assertThat(change("""
                        update audit_index a set (record_id, recorded_at) = (
                            select r.record_id, r.recorded_at from audit_record r where r.record_id = 21 - a.record_id)
                        """)).isEqualTo(20);
        broken(() -> node.begin(epoch), "was changed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "head = decode(repeat('01', 32), 'hex') | another size or head",
                "note = replace(note, '20', '19') | the key of this log has not signed",
                "note = 'x' | a checkpoint that is none",
            })
    void a_checkpoint_that_was_changed_ends_all_signing(String harm, String sentence) throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        node.sign(epoch);
        // Also for who has looked at it and found it right.
        assertThat(node.log.latest()).isPresent();
        assertThat(change("update log_checkpoint set " + harm)).isEqualTo(1);
        broken(() -> node.begin(epoch), sentence);
    }

    @Test
    void a_tile_that_was_changed_or_dropped_ends_all_signing() throws Exception {
        long epoch = node.grow(connection, 600).epoch();
        node.sign(epoch);
        change("update log_tile set hashes = overlay(hashes placing '\\x0000' from 1000 for 2)");
        broken(() -> node.begin(epoch), "was changed");
        change("delete from log_tile where tile_index = 1");
        broken(() -> node.begin(epoch), "tile 0/1 is missing");
    }

    @Test
    void a_tile_that_was_made_up_beforehand_ends_all_signing() throws Exception {
        long epoch = node.grow(connection, 300).epoch();
        change("insert into log_tile values (0, 0, decode(repeat('00', 8192), 'hex'))");
        broken(() -> node.sign(epoch), "a tile was there before");
        assertThat(node.log.latest()).isEmpty();
    }

    @Test
    void a_store_that_was_put_back_is_contradicted_by_its_anchor() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        node.sign(epoch);
        long next = node.grow(connection, 10).epoch();
        anchor().append(node.sign(next).note());
        assertThat(node.begin(next, anchor()).sign()).isEqualTo(Outcome.NOTHING_NEW);

        change("delete from log_checkpoint where size = 30");
        change("delete from audit_record where record_id > 20");
        change("delete from audit_index where log_index >= 20");
        broken(
                () -> node.begin(next, anchor()),
                "has a checkpoint of 30 records but the store was signed up to 20 only",
                "put back from an older state");
    }

    @Test
    void a_store_that_was_rewritten_with_its_own_key_is_contradicted_by_its_anchor() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        anchor().append(node.sign(epoch).note());
        change("update audit_record set action = 'Other' where record_id = 3");
        Checkpoint forged = new Checkpoint(node.log.key().name(), 20, head(20));
        store.ownerSql()
                .sql("update log_checkpoint set head = ?, note = ?")
                .params(
                        forged.root().bytes(),
                        new String(
                                forged.signedBy(node.bean(LogSigningKey.class).signer())
                                        .bytes(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .update();

        assertThat(node.begin(epoch).sign())
                .as("without an anchor nobody could tell")
                .isEqualTo(Outcome.NOTHING_NEW);
        broken(() -> node.begin(epoch, anchor()), "does not go on from the checkpoint of 20", "anchor file");
        node.grow(connection, 5);
    }

    @Test
    void an_anchor_that_cannot_be_read_keeps_a_term_from_beginning_and_breaks_nothing() throws Exception {
        long epoch = node.grow(connection, 20).epoch();
        Anchor unreadable = new Anchor() {
            @Override
            public String kind() {
                return "file";
            }

            @Override
            public boolean canBeRead() {
                return true;
            }

            @Override
            public Optional<SignedHead> last() throws IOException {
                throw new IOException("the volume is away");
            }

            @Override
            public void append(dev.keyledger.evidence.note.SignedNote checkpoint) {
                throw new AssertionError("nothing was signed");
            }
        };
        assertThatThrownBy(() -> node.begin(epoch, unreadable)).isInstanceOf(IOException.class);
        assertThat(node.sign(epoch).size()).isEqualTo(20);
    }
}
