package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.adapter.journal.JournalConnections;
import dev.keyledger.api.extension.Extensions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A store that was checked, brought up to date and connected to.
 *
 * @param warnings what an operator should know about it
 */
record OpenStore(
        Database database,
        HikariDataSource ledger,
        JournalConnections journal,
        StoreIdentity identity,
        List<String> warnings)
        implements AutoCloseable {

    /** Connections of the ledger, one of them for as long as this node numbers the audit records. */
    private static final int LEDGER_CONNECTIONS = 25;

    /** Connections of the journal: two batches in flight, two look-ups, and one to spare. */
    private static final int JOURNAL_CONNECTIONS = 5;

    /**
     * Checks the database, brings its schema up to date and opens the pools.
     *
     * @throws StartupFailure with one sentence; an embedded database has been stopped then
     */
    static OpenStore open(
            Database database,
            Settings settings,
            Extensions extensions,
            InstantSource machineClock,
            SecureRandom random) {
        HikariDataSource ledger = null;
        JournalConnections journal = null;
        try {
            List<String> warnings = prepare(database, extensions, machineClock);
            ledger = database.ledgerPool(LEDGER_CONNECTIONS);
            journal = new JournalConnections(database.journalPool(JOURNAL_CONNECTIONS));
            StoreIdentity identity = StoreIdentity.establish(JdbcClient.create(ledger), settings, random);
            return new OpenStore(database, ledger, journal, identity, warnings);
        } catch (RuntimeException | Error failure) {
            close(database, ledger, journal);
            throw failure;
        }
    }

    private static List<String> prepare(Database database, Extensions extensions, InstantSource machineClock) {
        if (database.separateOwner()) {
            database.requireLogin(database.schemaOwner(), "KEYLEDGER_DB_OWNER_USER");
        }
        database.requireLogin(database.service(), "KEYLEDGER_DB_USER");
        List<String> warnings = new ArrayList<>();
        SingleConnectionDataSource owner = database.ownerConnection();
        try {
            warnings.addAll(new ServerAssertions(JdbcClient.create(owner), machineClock).check());
            if (!database.separateOwner()) {
                warnings.add("one database role owns and serves: append-only audit tables are not enforced by privilege"
                        + " (set KEYLEDGER_DB_OWNER_USER)");
            }
            Schema.migrate(database, owner);
            Schema.prepare(database, owner, extensions);
        } finally {
            owner.destroy();
        }
        return warnings;
    }

    StoreFacts facts() {
        return new StoreFacts(database.separateOwner(), database.embedded() != null);
    }

    @Override
    public void close() {
        close(database, ledger, journal);
    }

    private static void close(
            Database database,
            @org.jspecify.annotations.Nullable HikariDataSource ledger,
            @org.jspecify.annotations.Nullable JournalConnections journal) {
        if (ledger != null) {
            ledger.close();
        }
        if (journal != null) {
            journal.close();
        }
        if (database.embedded() != null) {
            database.embedded().close();
        }
    }
}
