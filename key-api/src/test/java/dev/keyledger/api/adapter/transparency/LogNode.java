package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.api.adapter.vault.LogSigningKey;
import dev.keyledger.api.adapter.vault.LogVault;
import dev.keyledger.evidence.note.Checkpoint;
import dev.keyledger.evidence.tree.TreeHash;
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
public final class LogNode {

    private final TestStore store;
    private final ApplicationContext context;
    public final LogStore log;
    public final LogRecords records;

    public LogNode(TestStore store, Class<?>... further) {
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

    /** A node that can sign by itself once it is told of an epoch, with further components. */
    public static LogNode withCheckpointer(TestStore store, Class<?>... further) {
        return new LogNode(
                store,
                Stream.concat(Stream.of(Anchors.class, Checkpointer.class, LogFigures.class), Stream.of(further))
                        .toArray(Class<?>[]::new));
    }

    /** A checkpoint of any size, signed, with the head of no tree. */
    public SignedHead headOf(long size) {
        Checkpoint checkpoint = new Checkpoint(log.key().name(), size, TreeHash.EMPTY_TREE);
        return new SignedHead(
                checkpoint, checkpoint.signedBy(bean(LogSigningKey.class).signer()));
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Writes records that nobody has numbered. */
    public static void write(TestStore store, int count) {
        store.ownerSql().sql("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome, source_ip)
                        select keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success', n::text
                        from generate_series(1, :count) n
                        """).param("count", count).update();
    }

    /** Raises the epoch and gives places to all records there are. */
    public static SequencerTerm number(Connection connection) throws SQLException {
        SequencerTerm sequencer = SequencerTerm.begin(connection);
        number(sequencer);
        return sequencer;
    }

    public static boolean number(SequencerTerm sequencer) throws SQLException {
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
    public SequencerTerm grow(Connection connection, int count) throws SQLException {
        write(store, count);
        return number(connection);
    }

    CheckpointTerm begin(long epoch, Anchor... anchors) throws IOException {
        return CheckpointTerm.begin(
                log, records, context.getBean(LogSigningKey.class).signer(), List.of(anchors), epoch);
    }

    /** Signs whatever has a place, without an anchor. */
    public SignedHead signAll(long epoch) throws IOException {
        return sign(epoch);
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
