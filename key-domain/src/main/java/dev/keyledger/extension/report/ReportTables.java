package dev.keyledger.extension.report;

import java.util.Map;
import java.util.Optional;

/**
 * Writes and reads the tables of one report, by the names that it gave them, within the transaction in which its position moves on. Good for the
 * call it was given to, and no longer. Maps go from column to value; see {@link ColumnType} for the types.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a table or column that the report does not have, for a key that is not whole, and for
 * a value of another type.
 */
public interface ReportTables {

    /** Inserts a row, or replaces the one with the same key. A column that is left out is null. */
    void put(String table, Map<String, ?> row);

    /**
     * Adds to numbers of the row with this key, which is made if it is not there.
     *
     * @param amounts by column of type {@link ColumnType#NUMBER}; at least one. A number that is null counts as 0
     */
    void add(String table, Map<String, ?> key, Map<String, Long> amounts);

    /** Removes the row with this key, if it is there. */
    void remove(String table, Map<String, ?> key);

    /** The row with this key, with everything that was written before; columns that are null are left out. */
    Optional<Map<String, Object>> find(String table, Map<String, ?> key);
}
