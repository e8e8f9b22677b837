package dev.keyledger.projection.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes the tables of extensions' reports, with the rights of the schema's owner and within the caller's transaction. */
public final class ReportRegistration {

    private final JdbcClient owner;
    private final @Nullable String serviceRole;

    /**
     * A registration.
     *
     * @param serviceRole role of the service as an SQL identifier; null if that is the owner
     */
    public ReportRegistration(JdbcClient owner, @Nullable String serviceRole) {
        this.owner = owner;
        this.serviceRole = serviceRole;
    }

    private record Row(int version, @Nullable String layout) {}

    /**
     * Makes a report's tables if they are not there yet, or anew for a higher version: then it begins at the first record.
     *
     * @throws UnfitReportException if what is there belongs to a later version, or to other tables under the same version
     */
    public void register(ExtensionReport report) {
        // Waits for a worker's turn, and keeps the next one out until we commit.
        owner.sql("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
                .param("name", ReportTurn.lockName(report.name()))
                .query((row, number) -> number)
                .list();
        Optional<Row> found = owner.sql("select version, layout from report where name = :name")
                .param("name", report.name())
                .query((row, number) -> new Row(row.getInt("version"), row.getString("layout")))
                .optional();
        String layout = report.declared().layout();
        if (found.isEmpty()) {
            create(report);
            owner.sql("insert into report (name, version, layout) values (:name, :version, :layout)")
                    .param("name", report.name())
                    .param("version", report.version())
                    .param("layout", layout)
                    .update();
            return;
        }
        Row row = found.get();
        if (row.version() > report.version()) {
            throw new UnfitReportException("the report " + report.name() + " has version " + report.version()
                    + " here, but its tables were made by version " + row.version());
        }
        if (row.version() == report.version()) {
            if (!Objects.equals(row.layout(), layout)) {
                throw new UnfitReportException(
                        "the report " + report.name() + " has other tables than before under version "
                                + report.version() + "; a change of tables needs a higher version");
            }
            return;
        }
        tablesOf(report.name())
                .forEach(table -> owner.sql("drop table " + table).update());
        create(report);
        owner.sql("delete from report_parked where report = :name")
                .param("name", report.name())
                .update();
        owner.sql("""
                        update report set version = :version, layout = :layout, next_index = 0, first_index = null, read_to = null,
                            retry_from = null, rebuild = false
                        where name = :name
                        """)
                .param("name", report.name())
                .param("version", report.version())
                .param("layout", layout)
                .update();
    }

    /** Everything that has the report's prefix, whatever version made it. */
    private List<String> tablesOf(String report) {
        return owner.sql("""
                        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where n.nspname = 'public' and c.relkind = 'r' and starts_with(c.relname, :prefix) order by 1
                        """)
                .param("prefix", DeclaredTables.prefix(report))
                .query(String.class)
                .list();
    }

    private void create(ExtensionReport report) {
        List<String> left = tablesOf(report.name());
        if (!left.isEmpty()) {
            throw new UnfitReportException(
                    "tables of a report " + report.name() + " are there without it: " + String.join(", ", left));
        }
        report.declared()
                .createStatements()
                .forEach(statement -> owner.sql(statement).update());
        if (serviceRole != null) {
            report.tables()
                    .forEach(table -> owner.sql(
                                    "grant select, insert, update, delete, truncate on " + table + " to " + serviceRole)
                            .update());
        }
    }
}
