package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.api.adapter.vault.LogSigningKey;
import dev.keyledger.api.adapter.vault.LogVault;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.projection.sequencer.SequencerTerm;
import dev.keyledger.projection.sequencer.SequencerTerm.Outcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;

/** One node's log over a test's store, stepped by hand. */
final class LogNode {

    private final TestStore store;
    private final ApplicationContext context;
    final LogStore log;
    final LogRecords records;

    LogNode(TestStore store, Class<?>... further) {
        this.store = store;
        context = store.node(
                "one",
                Stream.of(
                                Stream.of(LogVault.components()),
                                Stream.of(
                                        LogRecords.class,
                                        LogStore.class,
                                        TransparencyLog.class,
                                        AuditIndex.class,
                                        AuditRecordReader.class),
                                Stream.of(further))
                        .flatMap(each -> each)
                        .toArray(Class<?>[]::new));
        log = context.getBean(LogStore.class);
        records = context.getBean(LogRecords.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Writes records that nobody has numbered. */
    static void write(TestStore store, int count) {
        store.ownerSql().sql("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome, source_ip)
                        select keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success', n::text
                        from generate_series(1, :count) n
                        """).param("count", count).update();
    }

    /** Raises the epoch and gives places to all records there are. */
    static SequencerTerm number(Connection connection) throws SQLException {
        SequencerTerm sequencer = SequencerTerm.begin(connection);
        number(sequencer);
        return sequencer;
    }

    static boolean number(SequencerTerm sequencer) throws SQLException {
        while (true) {
            Outcome outcome = sequencer.step().outcome();
            if (outcome == Outcome.SUPERSEDED) {
                return false;
            }
            if (outcome == Outcome.NOTHING_NEW) {
                return true;
            }
        }
    }

    /** Gives places to some new records. */
    SequencerTerm grow(Connection connection, int count) throws SQLException {
        write(store, count);
        return number(connection);
    }

    CheckpointTerm begin(long epoch, Anchor... anchors) throws IOException {
        return CheckpointTerm.begin(
                log, records, context.getBean(LogSigningKey.class).signer(), List.of(anchors), epoch);
    }

    /** Signs whatever has a place. */
    SignedHead sign(long epoch, Anchor... anchors) throws IOException {
        CheckpointTerm term = begin(epoch, anchors);
        long head = context.getBean(AuditIndex.class).head().size();
        do {
            term.read(head);
            if (term.sign() == CheckpointTerm.Outcome.SUPERSEDED) {
                throw new AssertionError("superseded");
            }
        } while (term.size() < head);
        return log.latest().orElseThrow();
    }
}
