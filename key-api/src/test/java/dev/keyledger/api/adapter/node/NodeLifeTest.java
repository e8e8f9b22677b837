package dev.keyledger.api.adapter.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What is in the audit log of a node that starts and stops without a single request. */
class NodeLifeTest {

    private static final String SECRET = "another-secret-of-the-test-node";

    private static List<String> texts(TestDatabase database, String sql) {
        return JdbcClient.create(
                        new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()))
                .sql(sql)
                .query(String.class)
                .list();
    }

    @Test
    void a_start_its_configuration_and_a_stop_are_recorded_and_signed() {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            TestNode.with().database(database).start().close();
            long first = Long.parseLong(texts(database, "select max(record_id)::text from audit_record")
                    .get(0));
            assertThat(texts(database, "select action from audit_record order by record_id"))
                    .startsWith("CreateBootstrapAccessKey", "StartNode", "ChangeConfiguration")
                    .endsWith("StopNode");

            TestNode.with()
                    .database(database)
                    .set("KEYLEDGER_DELETION_MAX_WINDOW_DAYS", "60")
                    .set("KEYLEDGER_ACCESS_KEY_SECRET", SECRET)
                    .set("KEYLEDGER_LIMIT_USE", "100")
                    .start()
                    .close();
            assertThat(texts(
                            database,
                            "select concat_ws(' ', action, auth_method, principal, outcome) from audit_record where record_id > "
                                    + first + " order by record_id"))
                    .containsExactly(
                            "ReplaceBootstrapAccessKey system system Success",
                            "StartNode system system Success",
                            "ChangeConfiguration system system Success",
                            "ChangeConfiguration system system Success",
                            "StopNode system system Success");
            assertThat(texts(
                            database,
                            "select reason from audit_record where record_id > " + first
                                    + " and action = 'ChangeConfiguration' order by record_id"))
                    .containsExactly(
                            "KEYLEDGER_DELETION_MAX_WINDOW_DAYS is 60, was the default",
                            "KEYLEDGER_LIMIT_USE is 100/200, was the default");
            assertThat(texts(database, "select reason from audit_record where action = 'StartNode'"))
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .allSatisfy(reason -> assertThat(reason)
                            .matches("version=\\S+ java="
                                    + Pattern.quote(Runtime.version().toString()) + " settings=sha256:[0-9a-f]{64}"));
            assertThat(texts(database, "select settings from last_configuration")
                                    .toString()
                            + texts(database, "select coalesce(reason, '') from audit_record"))
                    .as("no secret is told")
                    .doesNotContain(TestNode.ACCESS_KEY_SECRET, SECRET, TestNode.ROOT_KEY);

            assertThat(texts(database, """
                            select action from audit_record join audit_index using (record_id)
                            where log_index = (select max(size) - 1 from log_checkpoint)
                            """))
                    .as("the last record that is signed")
                    .containsExactly("StopNode");
        }
    }

    @Test
    void what_is_told_of_settings_has_no_secret_and_no_parameter_of_an_address() {
        assertThat(PlainSettings.of(SettingsReader.read(
                        Map.of(
                                "KEYLEDGER_DB_URL", "jdbc:postgresql://db:5432/k?sslmode=require&sslpassword=hidden",
                                "KEYLEDGER_DB_USER", "service",
                                "KEYLEDGER_DB_PASSWORD", "hidden",
                                "KEYLEDGER_ROOT_KEY", TestNode.ROOT_KEY,
                                "KEYLEDGER_ACCESS_KEY_ID", "LTAI",
                                "KEYLEDGER_ACCESS_KEY_SECRET", "hidden-hidden-hidden",
                                "KEYLEDGER_ANCHOR_URL", "https://witness.example:8443/a-token?another=one",
                                "KEYLEDGER_LIMIT_USE", "100"),
                        Map.of(),
                        List.of())))
                .isEqualTo(Map.of(
                        "KEYLEDGER_DB_URL", "jdbc:postgresql://db:5432/k",
                        "KEYLEDGER_DB_USER", "service",
                        "KEYLEDGER_ROOT_KEY", "from KEYLEDGER_ROOT_KEY",
                        "KEYLEDGER_ACCESS_KEY_ID", "LTAI",
                        "KEYLEDGER_ANCHOR_URL", "https://witness.example:8443",
                        "KEYLEDGER_LIMIT_USE", "100/200"));
    }
}
