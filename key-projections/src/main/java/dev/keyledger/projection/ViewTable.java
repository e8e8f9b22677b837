package dev.keyledger.projection;

import java.util.List;

/**
 * The table of a view. All rows that come from one stream of events, a key's or an alias's, have the stream's identifier in one column, and no
 * row comes from two.
 *
 * @param name of the table, without a schema
 * @param stream column with the identifier of the stream that a row comes from
 * @param key columns of the primary key
 * @param helpers tables that triggers of this one keep and that may be emptied at any time
 */
public record ViewTable(String name, String stream, List<String> key, List<String> helpers) {

    public ViewTable {
        key = List.copyOf(key);
        helpers = List.copyOf(helpers);
    }

    /** A table without helpers. */
    public ViewTable(String name, String stream, List<String> key) {
        this(name, stream, key, List.of());
    }
}
