package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A schema that is up to date is told without the migration tool, and any other is left to it. */
class SchemaTest {

    private static Database database(TestDatabase test) {
        return Database.of(new Settings.ExternalDatabase(
                test.url(),
                new Settings.Login(test.serviceUser(), test.servicePassword()),
                Optional.of(new Settings.Login(test.ownerUser(), test.ownerPassword()))));
    }

    @Test
    void a_migrated_schema_is_current_and_an_empty_database_is_not() {
        try (TestDatabase test = TestPostgres.emptyDatabase()) {
            SingleConnectionDataSource owner = database(test).ownerConnection();
            JdbcClient sql = JdbcClient.create(owner);
            assertThat(Schema.isCurrent(sql)).isFalse();
            Schema.migrate(database(test), owner);
            assertThat(Schema.isCurrent(sql)).isTrue();
            owner.destroy();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update flyway_schema_history set checksum = checksum + 1 where version = '0003'",
                "update flyway_schema_history set success = false where version = '0003'",
                "delete from flyway_schema_history where version = '0003'",
                "insert into flyway_schema_history select 999, '9999', description, type, 'V9999__later.sql', checksum, "
                        + "installed_by, installed_on, execution_time, success from flyway_schema_history where version = '0003'"
            })
    void any_difference_is_left_to_the_migration_tool(String change) {
        try (TestDatabase test = TestPostgres.emptyDatabase()) {
            SingleConnectionDataSource owner = database(test).ownerConnection();
            Schema.migrate(database(test), owner);
            JdbcClient sql = JdbcClient.create(owner);
            assertThat(sql.sql(change).update()).isEqualTo(1);
            assertThat(Schema.isCurrent(sql)).isFalse();
            owner.destroy();
        }
    }
}
