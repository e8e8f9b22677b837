package dev.keyledger.db.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class TestPostgresTest {

    @Test
    void fresh_databases_have_the_schema_and_do_not_see_each_other() throws SQLException {
        try (TestDatabase one = TestPostgres.freshDatabase();
                TestDatabase other = TestPostgres.freshDatabase()) {
            String count = "select count(*) from token_entry";
            execute(one, "insert into token_entry (processor_name, segment) values ('p', 0)");

            assertThat(query(one, count)).isEqualTo("1");
            assertThat(query(other, count)).isEqualTo("0");
        }
    }

    @Test
    void an_empty_database_has_no_tables() throws SQLException {
        try (TestDatabase empty = TestPostgres.emptyDatabase()) {
            assertThat(query(empty, "select count(*) from pg_tables where schemaname = 'public'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void a_closed_database_is_gone() throws SQLException {
        TestDatabase database = TestPostgres.freshDatabase();
        database.close();
        assertThatThrownBy(() -> query(database, "select 1"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        gone -> assertThat(gone.getSQLState()).isEqualTo("3D000"));
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = service(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = service(database);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection service(TestDatabase database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.serviceUser(), database.servicePassword());
    }
}
