package dev.keyledger.api.startup;

import dev.keyledger.api.extension.Extensions;
import dev.keyledger.projection.report.ReportRegistration;
import dev.keyledger.projection.report.UnfitReportException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings the schema to this version's shape and gives the service role exactly the rights it needs. */
final class Schema {

    private Schema() {}

    /**
     * Brings the schema up to date.
     *
     * @param connection the owner's
     * @throws StartupFailure if it is not a schema that this version knows, or the owner may not change it
     */
    static void migrate(Database database, DataSource connection) {
        JdbcClient owner = JdbcClient.create(connection);
        if (!isCurrent(owner)) {
            runMigrations(database);
        }
        new TransactionTemplate(new JdbcTransactionManager(connection)).executeWithoutResult(status -> {
            // Nodes that start together would change the same catalogue rows at once, which the server refuses.
            owner.sql("select pg_advisory_xact_lock(hashtextextended('keyledger.schema', 0))")
                    .query((row, number) -> number)
                    .list();
            if (database.separateOwner()) {
                owner.sql(privileges()
                                .replace(
                                        "${service_role}",
                                        quoted(database.service().user())))
                        .update();
            }
        });
        owner.sql("select maintain_partitions()").query((row, number) -> number).list();
    }

    /**
     * Makes the tables of extensions.
     *
     * @param connection the owner's
     * @throws StartupFailure that names the jar, if what is there is not for it
     */
    static void prepare(Database database, DataSource connection, Extensions extensions) {
        if (extensions.reports().isEmpty()) {
            return;
        }
        ReportRegistration reports = new ReportRegistration(
                JdbcClient.create(connection),
                database.separateOwner() ? quoted(database.service().user()) : null);
        new TransactionTemplate(new JdbcTransactionManager(connection))
                .executeWithoutResult(status -> extensions.reports().forEach(loaded -> {
                    try {
                        reports.register(loaded.report());
                    } catch (UnfitReportException unfit) {
                        throw loaded.unfit(unfit);
                    }
                }));
    }

    /**
     * Whether every migration of this version, and no other, was applied as it is: what the migration tool would find too, without waking it,
     * since a start finds nothing to do but once in the life of a version. Whatever is not exactly so is left to the tool to judge.
     */
    static boolean isCurrent(JdbcClient owner) {
        Boolean known = owner.sql("select to_regclass('flyway_schema_history') is not null")
                .query(Boolean.class)
                .single();
        if (!known) {
            return false;
        }
        List<Applied> applied = owner.sql("select script, checksum, success from flyway_schema_history order by script")
                .query(Applied.class)
                .list();
        return applied.stream().allMatch(Applied::success)
                && applied.stream()
                        .collect(Collectors.toMap(Applied::script, Applied::checksum, (one, other) -> one))
                        .equals(checksums());
    }

    private record Applied(String script, int checksum, boolean success) {}

    private static Map<String, Integer> checksums() {
        Map<String, Integer> checksums = new HashMap<>();
        try {
            for (Resource script :
                    new PathMatchingResourcePatternResolver().getResources("classpath:db/migration/*.sql")) {
                checksums.put(Objects.requireNonNull(script.getFilename()), checksum(script));
            }
        } catch (IOException unreadable) {
            throw new IllegalStateException("the migrations cannot be read", unreadable);
        }
        return checksums;
    }

    /** As the migration tool computes it: CRC-32 over the lines without their ends. */
    private static int checksum(Resource script) throws IOException {
        CRC32 crc = new CRC32();
        script.getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
        return (int) crc.getValue();
    }

    private static void runMigrations(Database database) {
        Flyway flyway = Flyway.configure()
                .dataSource(database.ownerConnections())
                .locations("classpath:db/migration")
                .cleanDisabled(true)
                .validateMigrationNaming(true)
                // A version this release does not know must stop the start, not be ignored (the default ignores future
                // ones).
                .ignoreMigrationPatterns(new String[0])
                .load();
        try {
            flyway.migrate();
        } catch (FlywayValidateException mismatch) {
            throw new StartupFailure(
                    "The database schema is not one this version of Keyledger knows; it was written by a newer version or changed by hand.",
                    mismatch);
        } catch (FlywayException failed) {
            throw new StartupFailure(
                    "The database schema cannot be brought up to date with the role \""
                            + database.schemaOwner().user() + "\"; it must own the schema (see the cause below).",
                    failed);
        }
    }

    private static String quoted(String role) {
        return '"' + role.replace("\"", "\"\"") + '"';
    }

    private static String privileges() {
        try (InputStream script = Schema.class.getResourceAsStream("/db/privileges.sql")) {
            if (script == null) {
                throw new IllegalStateException("db/privileges.sql is missing from the class path");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException("db/privileges.sql cannot be read", unreadable);
        }
    }
}
