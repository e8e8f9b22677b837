package dev.keyledger.projection.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of {@code report_parked} of one report, within a turn. */
final class ParkedRecords {

    private final Connection connection;
    private final String report;

    ParkedRecords(Connection connection, String report) {
        this.connection = connection;
        this.report = report;
    }

    int count() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select count(*) from report_parked where report = ?")) {
            statement.setString(1, report);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Keys of which something is parked below a place. */
    Set<UUID> keysBelow(long logIndex) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select distinct unnest(key_ids) as key_id from report_parked where report = ? and log_index < ?")) {
            statement.setString(1, report);
            statement.setLong(2, logIndex);
            try (ResultSet row = statement.executeQuery()) {
                Set<UUID> keys = new HashSet<>();
                while (row.next()) {
                    keys.add(row.getObject("key_id", UUID.class));
                }
                return keys;
            }
        }
    }

    /**
     * A parked record.
     *
     * @param keyIds the keys for which it waits
     */
    record Row(long logIndex, List<UUID> keyIds) {}

    /** From a place on, in order. */
    List<Row> from(long logIndex, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select log_index, key_ids from report_parked where report = ? and log_index >= ? order by log_index limit "
                        + limit)) {
            statement.setString(1, report);
            statement.setLong(2, logIndex);
            try (ResultSet row = statement.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (row.next()) {
                    Object[] keys = (Object[]) row.getArray("key_ids").getArray();
                    rows.add(new Row(
                            row.getLong("log_index"),
                            Arrays.stream(keys).map(UUID.class::cast).toList()));
                }
                return rows;
            }
        }
    }

    /**
     * Parks a record.
     *
     * @param reason null if it only waits for an earlier one
     */
    void park(StoredRecord record, @Nullable String reason) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into report_parked (report, log_index, key_ids, reason) values (?, ?, ?, ?)")) {
            statement.setString(1, report);
            statement.setLong(2, record.logIndex());
            statement.setArray(
                    3, connection.createArrayOf("uuid", record.keyIds().toArray()));
            statement.setString(4, reason);
            statement.executeUpdate();
        }
    }

    /** Takes a record out of the parked ones; answers whether it was there. */
    boolean release(long logIndex) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("delete from report_parked where report = ? and log_index = ?")) {
            statement.setString(1, report);
            statement.setLong(2, logIndex);
            return statement.executeUpdate() == 1;
        }
    }

    void clear() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("delete from report_parked where report = ?")) {
            statement.setString(1, report);
            statement.executeUpdate();
        }
    }
}
