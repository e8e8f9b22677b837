package dev.keyledger.projection.report;

import dev.keyledger.extension.report.LogRecord;
import dev.keyledger.extension.report.Report;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/** A report that an extension brought. */
public final class ExtensionReport implements FollowedReport {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,23}");

    private final Report report;
    private final String name;
    private final int version;
    private final DeclaredTables tables;

    private ExtensionReport(Report report, String name, int version, DeclaredTables tables) {
        this.report = report;
        this.name = name;
        this.version = version;
        this.tables = tables;
    }

    /**
     * Asks a report what it is.
     *
     * @throws UnfitReportException if it has no name, number or table that will do
     */
    public static ExtensionReport of(Report report) {
        String name = report.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw new UnfitReportException(report.getClass().getName()
                    + " has no name of 1 to 24 lower-case letters and digits that begins with a letter");
        }
        int version = report.version();
        if (version < 1) {
            throw new UnfitReportException("the report " + name + " has no version from 1 on");
        }
        DeclaredTables tables = new DeclaredTables(name);
        try {
            report.prepare(tables);
            tables.complete();
        } catch (IllegalArgumentException malformed) {
            throw new UnfitReportException(
                    "the report " + name + " has tables that cannot be made: " + malformed.getMessage());
        }
        return new ExtensionReport(report, name, version, tables);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public boolean wantsFacts() {
        return true;
    }

    @Override
    public List<String> tables() {
        return tables.sqlNames();
    }

    DeclaredTables declared() {
        return tables;
    }

    @Override
    public void digest(List<LogRecord> records, Connection connection) throws SQLException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Libraries that an extension brings look for their parts there.
        thread.setContextClassLoader(report.getClass().getClassLoader());
        try (TableWriter writer = new TableWriter(tables, connection)) {
            for (LogRecord record : records) {
                report.accept(record, writer);
            }
            writer.finish();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
