package dev.keyledger.projection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where statements go that answer nothing: into the caller's transaction, in the order in which they are given. They may be held back until
 * the transaction commits and then be sent together, so whoever gives one must not read in the same transaction what it wrote.
 */
@FunctionalInterface
public interface Writes {

    /**
     * Gives one statement.
     *
     * @param sql one statement with a {@code ?} for each value
     * @param values what the driver takes for the columns; an array of text for an array of text
     */
    void add(String sql, @Nullable Object... values);

    /** Sends every statement at once. */
    static Writes immediate(JdbcClient jdbc) {
        return (sql, values) -> jdbc.sql(sql).params(Arrays.asList(values)).update();
    }
}
