package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Audit records of what is done to a store by another program than a node. */
public final class SystemActs {

    private final DataSource connections;
    private final JournalStatement statement;

    /**
     * Writes under the name of a node, or of the program.
     *
     * @param connections each commits by itself
     */
    public SystemActs(DataSource connections, NodeName node) {
        this.connections = connections;
        this.statement = new JournalStatement(node);
    }

    /** Writes the record in a transaction of its own; when this returns it is durable. */
    public void record(AuditDraft draft, Outcome outcome) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            var unused = statement.execute(
                    connection, List.of(JournalEntry.of(draft, outcome, AuditRecords.Covered.NOTHING)));
            draft.written();
        }
    }
}
