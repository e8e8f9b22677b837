package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.refusal.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Audit records and nonces that are written in somebody's transaction, with the events or the other rows that they account for. */
@Component
public class AuditRecords {

    /** What an audit record says about the events its transaction appended. */
    public record Covered(Collection<String> eventIds, Collection<byte[]> digests, Map<String, Long> versions) {

        /** No events. */
        public static final Covered NOTHING = new Covered(List.of(), List.of(), Map.of());
    }

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final JournalStatement statement;
    private final String node;
    private final ObjectProvider<KeyLookup> memory;
    private final ObjectProvider<ChangeListener> listeners;

    AuditRecords(
            DataSource dataSource,
            NodeName node,
            ObjectProvider<KeyLookup> memory,
            ObjectProvider<ChangeListener> listeners) {
        this.listeners = listeners;
        this.dataSource = dataSource;
        this.memory = memory;
        this.jdbc = JdbcClient.create(dataSource);
        this.statement = new JournalStatement(node);
        this.node = node.value();
    }

    /**
     * Inserts the record and its nonce in the caller's transaction.
     *
     * @throws Refusal {@code NONCE_USED} if the nonce is already there, which must roll the transaction back; not for a request that failed,
     *     because then the nonce may have been recorded by the very transaction whose outcome is unknown
     */
    public void append(AuditDraft draft, Outcome outcome, Covered covered) {
        String code = append(JournalEntry.of(draft, outcome, covered)).code();
        if (!code.equals(outcome.errorCode())) {
            throw Refusal.of(JournalCodes.named(code));
        }
        if (!covered.versions().isEmpty()) {
            tellAfterCommit(covered.versions().keySet());
        }
    }

    /**
     * Sends what a change has written, with its record and nonce as the last of it, in the caller's transaction.
     *
     * @param change statements of the change; empty afterwards
     * @throws Refusal as {@link #append(AuditDraft, Outcome, Covered)}
     */
    public void append(AuditDraft draft, Outcome outcome, Covered covered, StatementBatch change) {
        RecordColumns entry = RecordColumns.of(draft, outcome, covered);
        ChangeRecord.add(change, entry, node);
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            ChangeRecord.check(change.send(connection), entry, connection);
        } catch (SQLException failed) {
            throw JournalFailures.translate(failed);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
        if (!covered.versions().isEmpty()) {
            tellAfterCommit(covered.versions().keySet());
        }
    }

    /** Keys that change are not as they are remembered, from the moment at which anybody else can see it; and some want to know. */
    private void tellAfterCommit(Set<String> aggregates) {
        List<KeyId> changed =
                aggregates.stream().filter(KeyId::isKeyId).map(KeyId::new).toList();
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                memory.ifAvailable(keys -> changed.forEach(keys::forget));
                listeners.forEach(ChangeListener::changed);
            }
        });
    }

    /**
     * Inserts the record of a request that failed, in the caller's transaction.
     *
     * @return whether it is the only one; otherwise the failure was that nobody heard of the commit of the first, and the caller rolls back.
     *     Looked at after the insertion, which has waited for whoever was about to use the same nonce.
     */
    boolean appendAlone(AuditDraft draft, Outcome outcome) {
        append(draft, outcome, Covered.NOTHING);
        return jdbc.sql("select count(*) from audit_record where request_id = :request")
                        .param("request", UUID.fromString(draft.requestId()))
                        .query(Long.class)
                        .single()
                == 1;
    }

    private Decision append(JournalEntry entry) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return statement.execute(connection, List.of(entry)).get(0);
        } catch (SQLException failed) {
            throw JournalFailures.translate(failed);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }
}
