package dev.keyledger.api.adapter.journal;

import dev.keyledger.projection.Writes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statements that reach the server together, in order: one round trip for all of them, where each alone would cost one. Every one is still a
 * statement of its own, prepared once for each connection. Belongs to one transaction and one thread.
 */
public final class StatementBatch implements Writes {

    /** Each sequence of statements is text of its own that the driver remembers, so sequences must not get longer without end. */
    static final int MOST_TOGETHER = 32;

    private final List<String> statements = new ArrayList<>();
    private final List<@Nullable Object[]> values = new ArrayList<>();

    @Override
    public void add(String sql, @Nullable Object... parameters) {
        statements.add(sql);
        values.add(parameters);
    }

    /** Whether nothing waits to be sent. */
    public boolean isEmpty() {
        return statements.isEmpty();
    }

    /**
     * Sends what was added and forgets it. The first statement that fails ends it; the transaction is then lost.
     *
     * @return for each statement how many rows it wrote
     */
    public List<Integer> send(Connection connection) throws SQLException {
        List<Integer> counts = new ArrayList<>(statements.size());
        for (int first = 0; first < statements.size(); first += MOST_TOGETHER) {
            send(connection, first, Math.min(first + MOST_TOGETHER, statements.size()), counts);
        }
        statements.clear();
        values.clear();
        return counts;
    }

    private void send(Connection connection, int first, int end, List<Integer> counts) throws SQLException {
        String together = String.join(";\n", statements.subList(first, end));
        try (PreparedStatement statement = connection.prepareStatement(together)) {
            int parameter = 1;
            for (int i = first; i < end; i++) {
                for (Object value : values.get(i)) {
                    statement.setObject(parameter++, value);
                }
            }
            statement.execute();
            for (int i = first; i < end; i++) {
                counts.add(statement.getUpdateCount());
                statement.getMoreResults();
            }
        }
    }

    @Override
    public String toString() {
        return "StatementBatch[" + Arrays.toString(statements.toArray()) + "]";
    }
}
