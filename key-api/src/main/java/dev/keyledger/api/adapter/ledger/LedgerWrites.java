package dev.keyledger.api.adapter.ledger;

import dev.keyledger.projection.Writes;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What is written while a ledger transaction is open on this thread goes with its record, in one round trip; what is written without one goes
 * at once. Thread-safe.
 */
@Component
public final class LedgerWrites implements Writes {

    private final Writes immediate;

    LedgerWrites(JdbcClient jdbc) {
        this.immediate = Writes.immediate(jdbc);
    }

    @Override
    public void add(String sql, @Nullable Object... values) {
        OpenChange change = current();
        (change == null ? immediate : change.writes()).add(sql, values);
    }

    /** The ledger transaction of this thread. */
    @Nullable
    OpenChange current() {
        return (OpenChange) TransactionSynchronizationManager.getResource(this);
    }

    OpenChange begin(Collection<String> streams) {
        OpenChange change = new OpenChange(streams);
        // Refuses a second one on this thread.
        TransactionSynchronizationManager.bindResource(this, change);
        return change;
    }

    void end() {
        TransactionSynchronizationManager.unbindResource(this);
    }
}
