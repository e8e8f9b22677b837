package dev.keyledger.extension.report;

/**
 * The tables of a report. Names of tables and columns are 1 to 30 lower-case letters, digits and {@code _}, beginning with a letter; in the
 * database a table is {@code ext_<report>_<table>}, so no report can name a table of the service or of another report.
 */
public interface ReportSchema {

    /**
     * Adds a table.
     *
     * @throws IllegalArgumentException for a name of another form or one that is taken
     */
    Table table(String name);

    /** A table that is being described. It has at least one column in its key. */
    interface Table {

        /** Adds a column that is part of the primary key, in this order; never null. */
        Table key(String column, ColumnType type);

        /** Adds a column that may be null. */
        Table column(String column, ColumnType type);
    }
}
