package dev.keyledger.api.adapter.journal;

import com.zaxxer.hikari.HikariDataSource;

/**
 * Connections that nothing but the journal's batches and the look-ups of uses take, so that no management of keys and no background work can
 * keep a key from being used. They commit by themselves and keep one plan for each statement.
 *
 * <p>A type of its own and no second {@code DataSource} bean: whoever asks for a data source gets the ledger's.
 */
public record JournalConnections(HikariDataSource dataSource) implements AutoCloseable {

    @Override
    public void close() {
        dataSource.close();
    }
}
