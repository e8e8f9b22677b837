package dev.keyledger.projection.sequencer;

import dev.keyledger.db.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Somebody who writes audit records, with the service's rights and in transactions that last as long as a test wants. */
final class RecordWriter implements AutoCloseable {

    private final Connection connection;

    RecordWriter(TestDatabase database) throws SQLException {
        connection = DriverManager.getConnection(database.url(), database.serviceUser(), database.servicePassword());
        connection.setAutoCommit(false);
    }

    /** Writes a record in the open transaction; answers its record id. */
    long record() throws SQLException {
        return record("0 seconds");
    }

    /** Writes a record that says it is older. */
    long record(String age) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome)
                        values (keyledger_now() - interval '%s', 'n', gen_random_uuid(), 'None', false, 'Test', 'Success')
                        returning record_id
                        """.formatted(age))) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Takes a transaction id and draws nothing yet. */
    void begin() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_current_xact_id()");
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
