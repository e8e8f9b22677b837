package dev.keyledger.projection.report;

import dev.keyledger.extension.report.LogRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Optional;

/** Tries records on a report within a transaction that goes on whatever they do to it. */
final class Digestion {

    private static final int MAX_REASON = 256;

    /** A statement that ran too long: of a single record, that record's matter. */
    private static final String CANCELLED = "57014";

    private final FollowedReport report;
    private final Connection connection;

    Digestion(FollowedReport report, Connection connection) {
        this.report = report;
        this.connection = connection;
    }

    /**
     * Has the report digest records, or undoes everything they did.
     *
     * @return why they could not be digested; empty if they were. Names types and places in code and no values: a message may quote a record
     * @throws SQLException if it was not the records' doing; the transaction is lost then
     */
    Optional<String> attempt(List<? extends LogRecord> records) throws SQLException {
        return attempt(() -> report.digest(List.copyOf(records), connection));
    }

    /** The same of the records of all places from one up to another, which the report reads itself. */
    Optional<String> attempt(StretchReport stretches, long from, long to) throws SQLException {
        return attempt(() -> stretches.digest(from, to, connection));
    }

    private interface Work {
        void perform() throws SQLException;
    }

    private Optional<String> attempt(Work work) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            work.perform();
            connection.releaseSavepoint(before);
            return Optional.empty();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            Optional<SQLException> fault = databaseFault(failed);
            if (fault.isPresent()) {
                throw fault.get();
            }
            connection.rollback(before);
            return Optional.of(reason(failed));
        }
    }

    /** A failure that every record would have at this moment, or until somebody repairs something. */
    private static Optional<SQLException> databaseFault(Throwable failed) {
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                String state = sql.getSQLState() == null ? "" : sql.getSQLState();
                boolean ofTheRecord = state.equals(CANCELLED)
                        || state.startsWith("22")
                        || state.startsWith("23")
                        || state.equals("25P02")
                        || state.startsWith("54");
                return ofTheRecord ? Optional.empty() : Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private static String reason(Throwable failed) {
        StringBuilder reason = new StringBuilder(failed.getClass().getName());
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                reason.append(" (SQL state ").append(sql.getSQLState()).append(')');
                break;
            }
        }
        for (StackTraceElement frame : failed.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("dev.keyledger.projection.")) {
                reason.append(" at ")
                        .append(frame.getClassName())
                        .append('.')
                        .append(frame.getMethodName())
                        .append(':')
                        .append(frame.getLineNumber());
                break;
            }
        }
        return reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) : reason.toString();
    }
}
