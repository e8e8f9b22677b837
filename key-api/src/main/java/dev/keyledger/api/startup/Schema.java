package dev.keyledger.api.startup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings the schema to this version's shape and gives the service role exactly the rights it needs. */
final class Schema {

    private Schema() {}

    static void migrate(Database database) {
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
        DataSource connections = database.ownerConnections();
        JdbcClient owner = JdbcClient.create(connections);
        new TransactionTemplate(new JdbcTransactionManager(connections)).executeWithoutResult(status -> {
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
