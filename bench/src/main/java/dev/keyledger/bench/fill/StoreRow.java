package dev.keyledger.bench.fill;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row to be written.
 *
 * @param values in the order of the table's columns: text, UUID, number, boolean, instant, bytes, or an array of them; null for none
 */
record StoreRow(StoreTable table, List<@Nullable Object> values) {

    StoreRow {
        if (values.size() != table.columns().size()) {
            throw new IllegalArgumentException(table + " has " + table.columns().size() + " columns");
        }
    }

    static StoreRow of(StoreTable table, @Nullable Object... values) {
        return new StoreRow(table, Collections.unmodifiableList(Arrays.asList(values)));
    }
}
