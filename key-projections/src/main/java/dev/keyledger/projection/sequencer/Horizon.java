package dev.keyledger.projection.sequencer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A record id below which nothing can appear any more, as soon as every transaction is over that is older than a certain one.
 *
 * <p>Record ids become visible out of order, since each is drawn some time before its transaction commits; but each is drawn when its
 * transaction has its own id already. So the last record id is read first and a transaction id is taken for ourselves second: whoever drew
 * a record id up to that one has a smaller transaction id than ours.
 *
 * @param lastRecord the last record id that was drawn
 * @param transaction a transaction id above that of everyone who drew it or one before it
 */
record Horizon(long lastRecord, long transaction) {

    /** The last record id that anyone has drawn, whatever becomes of its transaction; 0 if none was. */
    static long lastDrawn(Connection connection) throws SQLException {
        return number(connection, "select case when is_called then last_value else 0 end from audit_record_id");
    }

    /**
     * The horizon at a record id that was read before.
     *
     * @param connection one that commits by itself: our own transaction is over when this returns, and so is in nobody's way
     */
    static Horizon at(long lastRecord, Connection connection) throws SQLException {
        // Not the xmax of a snapshot: that is one more than the last transaction that has ended, and transactions that
        // go
        // on may lie above it.
        return new Horizon(lastRecord, number(connection, "select pg_current_xact_id()::text::bigint"));
    }

    /** Whether everyone who could have drawn a record id up to this one has committed or given up. */
    boolean isPassed(Connection connection) throws SQLException {
        return number(connection, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") >= transaction;
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
