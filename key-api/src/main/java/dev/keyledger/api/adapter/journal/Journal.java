package dev.keyledger.api.adapter.journal;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.adapter.batch.BatchPolicy;
import dev.keyledger.api.adapter.batch.Batcher;
import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.metrics.BatchMetrics;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes every record durable that belongs to no change: of uses, of reads, of refusals, of requests that nobody could be found behind. Those of
 * many requests are committed together, one statement and one commit for all that wait; each is decided by itself, and an answer leaves only
 * after the commit. Thread-safe.
 */
@Component
public class Journal implements Audit {

    private final Batcher<JournalEntry, Decision> batcher;
    private final AuditRecords records;
    private final TransactionTemplate transaction;

    Journal(
            JournalConnections connections,
            NodeName node,
            AuditRecords records,
            PlatformTransactionManager transactions,
            MeterRegistry registry) {
        this.records = records;
        this.transaction = new TransactionTemplate(transactions);
        BatchMetrics metrics = new BatchMetrics(registry, "keyledger.journal");
        this.batcher = new Batcher<>(
                "journal",
                new Commit(
                        connections.dataSource(),
                        new JournalStatement(node),
                        new ServerProcesses(connections.dataSource())),
                BatchPolicy.DEFAULT,
                // Of two requests with one nonce the second must find the first one's.
                JournalEntry::nonceHash,
                metrics);
        metrics.waiting(batcher::waiting);
    }

    private record Commit(HikariDataSource dataSource, JournalStatement statement, ServerProcesses processes)
            implements Batcher.Work<JournalEntry, Decision> {

        @Override
        public List<Decision> perform(List<JournalEntry> batch) {
            // The connection commits by itself: one round trip, and no transaction that could be left open.
            try (Connection connection = dataSource.getConnection()) {
                return perform(connection, batch);
            } catch (SQLException failed) {
                throw JournalFailures.translate(failed);
            }
        }

        private List<Decision> perform(Connection connection, List<JournalEntry> batch) throws SQLException {
            int process = processes.of(connection);
            try {
                return statement.execute(connection, batch);
            } catch (SQLException failed) {
                if (JournalFailures.ofTheConnection(failed)) {
                    // What cut one has probably cut all, and to find that out takes a second for each.
                    dataSource.getHikariPoolMXBean().softEvictConnections();
                    processes.end(process);
                }
                throw failed;
            }
        }

        @Override
        public boolean mayBeOfOnePiece(RuntimeException failure) {
            return failure instanceof DataAccessException access
                    && access.getRootCause() instanceof SQLException sql
                    && JournalFailures.ofARow(sql);
        }
    }

    @Override
    public void record(AuditDraft draft, Outcome outcome) {
        if (outcome.result() == Outcome.Result.FAILED) {
            transaction.executeWithoutResult(status -> {
                if (!records.appendAlone(draft, outcome)) {
                    status.setRollbackOnly();
                }
            });
            draft.written();
            return;
        }
        String code = decide(draft, JournalEntry.of(draft, outcome, AuditRecords.Covered.NOTHING))
                .code();
        if (!code.equals(outcome.errorCode())) {
            throw Refusal.of(JournalCodes.named(code));
        }
    }

    /** Has the entry decided and recorded; afterwards the draft is {@linkplain AuditDraft#written() written}. */
    Decision decide(AuditDraft draft, JournalEntry entry) {
        Decision decision = batcher.perform(entry, draft.deadline());
        draft.written();
        return decision;
    }

    @PreDestroy
    void close() {
        batcher.close();
    }
}
