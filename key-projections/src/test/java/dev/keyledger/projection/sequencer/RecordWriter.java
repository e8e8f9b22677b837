package dev.keyledger.projection.sequencer;

import dev.keyledger.db.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

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

    /** Writes a record that says that it covers these events, of one key. */
    void covering(UUID key, String... events) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into audit_record (recorded_at, node, request_id, auth_method, replay_protected, action, outcome, key_ids, event_ids)
                values (keyledger_now(), 'n', gen_random_uuid(), 'None', false, 'Test', 'Success', array[?::uuid], ?)
                """)) {
            statement.setObject(1, key);
            statement.setArray(2, connection.createArrayOf("text", events));
            statement.executeUpdate();
        }
    }

    /** Writes an event of a stream, its payload as it is. */
    void event(String id, String subject, int version, String payload) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type, payload_revision,
                    time_stamp, payload, meta_data)
                values (?, 'key', ?, ?, 'keyledger.key.enabled', '1', '', convert_to(?, 'UTF8'), '')
                """)) {
            statement.setString(1, id);
            statement.setString(2, subject);
            statement.setInt(3, version);
            statement.setString(4, payload);
            statement.executeUpdate();
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
