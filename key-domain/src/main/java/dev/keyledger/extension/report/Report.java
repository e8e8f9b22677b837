package dev.keyledger.extension.report;

/**
 * A report that is made of the audit log: it is told every record from the first on, in the order of the log, and keeps what it finds in tables
 * of its own. Found by {@link java.util.ServiceLoader} in the jars of {@code KEYLEDGER_EXTENSIONS_DIR}; has a public constructor without
 * parameters.
 *
 * <p>What it writes and how far it has read are committed together, so every record counts exactly once, whatever node reads it and whichever
 * of them dies. For that a report keeps nothing in fields between two records: another node may have gone on meanwhile, and a transaction that
 * fails is undone and told again.
 *
 * <p>Not called by two threads at once.
 */
public interface Report {

    /** Its name, for ever: 1 to 24 lower-case letters and digits, beginning with a letter. Its tables are {@code ext_<name>_…}. */
    String name();

    /**
     * Number of what it does, from 1. With a higher one its tables are made anew and it is told everything again from the first record; raise it
     * whenever tables or meaning change.
     */
    int version();

    /** Says which tables it has. Called once, before anything else, and without a database. */
    void prepare(ReportSchema schema);

    /**
     * Takes one record. What it throws parks the record and, in their order, all later ones of the same keys, until an operator has them tried
     * again or takes the record out; records of other keys go on.
     */
    void accept(LogRecord record, ReportTables tables);
}
