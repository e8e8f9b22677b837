package dev.keyledger.db;

import dev.keyledger.db.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements under one role. */
final class Sql implements AutoCloseable {

    private final Connection connection;

    private Sql(Connection connection) {
        this.connection = connection;
    }

    static Sql asOwner(TestDatabase database) throws SQLException {
        return new Sql(DriverManager.getConnection(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    static Sql asService(TestDatabase database) throws SQLException {
        return new Sql(DriverManager.getConnection(database.url(), database.serviceUser(), database.servicePassword()));
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** First column of all rows. */
    List<String> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
