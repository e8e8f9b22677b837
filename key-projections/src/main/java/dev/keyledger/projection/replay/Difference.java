package dev.keyledger.projection.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys or aliases in which a live table is not what the events make of it.
 *
 * @param table name of the table
 * @param after the range begins after this identifier; null for the first range
 * @param upTo the range ends with this identifier; null for the last range
 * @param count how many rows differ
 * @param rows the first of them
 */
public record Difference(
        String table, @Nullable String after, @Nullable String upTo, long count, List<Row> rows) {

    /** Most rows of a range that are shown. */
    public static final int SHOWN = 20;

    /**
     * A row that differs.
     *
     * @param key primary key, its columns divided by slashes
     * @param live the row as it is; null if there is none
     * @param rebuilt the row as the events have it; null if they have none
     */
    public record Row(
            String key, @Nullable String live, @Nullable String rebuilt) {}

    public Difference {
        rows = List.copyOf(rows);
    }
}
