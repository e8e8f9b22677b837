package dev.keyledger.api.adapter.journal;

import java.sql.SQLException;
import java.util.Objects;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/** What a failed statement of the journal means. */
final class JournalFailures {

    private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

    private JournalFailures() {}

    /** As the rest of the service sees failures of the database; the text quotes no row. */
    static DataAccessException translate(SQLException failed) {
        if (failed.getSQLState() == null) {
            // The pool's own word for "no connection in time".
            return new DataAccessResourceFailureException("no connection for the journal", failed);
        }
        return Objects.requireNonNullElseGet(
                TRANSLATOR.translate("journal", null, failed),
                () -> new UncategorizedSQLException("journal", null, failed));
    }

    /**
     * Whether the server has certainly done nothing and the fault may be of a single row: data that it cannot hold (22), a rule of a table
     * (23), a deadlock or lost race (40). All else — the connection, the disk, an operator, a time limit — would fail again for each.
     */
    static boolean ofARow(SQLException failed) {
        String state = failed.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("40"));
    }

    /** Whether the connection is lost, so that the server may still be at work. */
    static boolean ofTheConnection(SQLException failed) {
        String state = failed.getSQLState();
        return state != null && state.startsWith("08");
    }
}
