package dev.keyledger.projection.report;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A report whose records need not be told one by one, because one statement can add up a whole stretch of the log. It is told records as any
 * other as soon as some are parked, and when it fails at a stretch; both ways come to the same rows.
 */
public interface StretchReport extends FollowedReport {

    /**
     * Writes what the records of a stretch come to. What it throws undoes all of it, and the records are then told.
     *
     * @param from the first place
     * @param to place after the last
     * @param connection in the transaction in which the position moves on
     */
    void digest(long from, long to, Connection connection) throws SQLException;
}
