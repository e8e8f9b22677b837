package dev.keyledger.projection.report;

import dev.keyledger.extension.report.LogRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A report as the follower sees it. Its row in {@code report} was made by whoever made its tables. */
public interface FollowedReport {

    /** Its row in {@code report}. */
    String name();

    /** The version of the row that this node can write for. */
    int version();

    /** Whether it looks at what changed, which costs another query. */
    boolean wantsFacts();

    /** All its tables, which are emptied when it begins again. */
    List<String> tables();

    /**
     * Writes what some records come to. Has no memory: what it throws undoes all of them, and they come again one by one.
     *
     * @param records in the order of the log
     * @param connection in the transaction in which the position moves on
     */
    void digest(List<LogRecord> records, Connection connection) throws SQLException;
}
