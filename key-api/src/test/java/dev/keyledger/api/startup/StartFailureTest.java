package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Every way a start can fail is one sentence, and leaves nothing that was not there before. */
class StartFailureTest {

    @TempDir
    private Path temp;

    private TestNode.Builder dev() {
        return TestNode.with()
                .embedded(temp.resolve("data"))
                .unset("KEYLEDGER_ROOT_KEY")
                .unset("KEYLEDGER_ACCESS_KEY_ID")
                .unset("KEYLEDGER_ACCESS_KEY_SECRET");
    }

    private static void refused(TestNode.Builder node, String... sentence) {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> node.start().close())
                .satisfies(failure -> assertThat(failure.getMessage())
                        .contains(sentence)
                        .doesNotContain("\n")
                        .endsWith("."));
    }

    private List<Path> made() throws IOException {
        try (Stream<Path> content = Files.list(temp)) {
            return content.toList();
        }
    }

    private static JdbcClient owner(TestDatabase database) {
        return JdbcClient.create(
                new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
    }

    @Test
    void a_port_that_is_taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refused(
                    dev().set("KEYLEDGER_PORT", Integer.toString(taken.getLocalPort())),
                    "Port " + taken.getLocalPort() + " on 127.0.0.1 cannot be used",
                    "KEYLEDGER_PORT");
        }
        assertThat(made()).isEmpty();
    }

    @Test
    void plain_http_on_another_address() throws IOException {
        refused(dev().set("KEYLEDGER_HOST", "0.0.0.0"), "Plain HTTP on 0.0.0.0", "KEYLEDGER_ALLOW_PLAIN_HTTP=true");
        assertThat(made()).isEmpty();
    }

    @Test
    void a_root_key_is_made_in_dev_mode_alone() throws IOException {
        refused(
                dev().set("KEYLEDGER_HOST", "0.0.0.0").set("KEYLEDGER_ALLOW_PLAIN_HTTP", "true"),
                "No root key is set",
                "openssl rand -base64 32");
        refused(TestNode.with().unset("KEYLEDGER_ROOT_KEY"), "KEYLEDGER_DB_URL is set but no root key is");
        assertThat(made()).isEmpty();
    }

    @Test
    void a_data_directory_that_cannot_be_made() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "");
        refused(
                dev().embedded(file.resolve("data")),
                "The data directory " + file.resolve("data") + " cannot be made or written to",
                "KEYLEDGER_DATA_DIR");
        assertThat(made()).containsExactly(file);
    }

    @Test
    void a_database_directory_with_something_else_in_it() throws IOException {
        Path other = Files.createDirectories(temp.resolve("data").resolve("postgres"));
        Files.writeString(other.resolve("thesis.tex"), "x");
        Files.writeString(temp.resolve("data").resolve("root-key"), TestNode.ROOT_KEY);
        Files.setPosixFilePermissions(
                temp.resolve("data").resolve("root-key"),
                java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        refused(dev(), "is not empty and holds no database of Keyledger");
        try (Stream<Path> content = Files.walk(temp.resolve("data"))) {
            assertThat(content.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("data", "postgres", "thesis.tex", "root-key");
        }
    }

    @Test
    void an_unreachable_database() throws IOException {
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        TestDatabase nowhere = new TestDatabase("jdbc:postgresql://127.0.0.1:" + free + "/d", "o", "p", "s", "p");
        refused(
                TestNode.with().database(nowhere),
                "The database at jdbc:postgresql://127.0.0.1:" + free + "/d cannot be reached",
                "KEYLEDGER_DB_URL");
    }

    @Test
    void a_login_that_is_refused_names_the_setting_of_that_role() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            refused(
                    TestNode.with()
                            .database(new TestDatabase(
                                    database.url(),
                                    database.ownerUser(),
                                    database.ownerPassword(),
                                    database.serviceUser(),
                                    "wrong-4711")),
                    "refuses the login of the role \"keyledger\"",
                    "check KEYLEDGER_DB_USER");
            refused(
                    TestNode.with()
                            .database(new TestDatabase(
                                    database.url(),
                                    database.ownerUser(),
                                    "wrong-4711",
                                    database.serviceUser(),
                                    database.servicePassword())),
                    "refuses the login of the role \"keyledger_owner\"",
                    "check KEYLEDGER_DB_OWNER_USER");
            assertThat(tables(database)).isEmpty();
        }
    }

    private static List<String> tables(TestDatabase database) {
        return owner(database)
                .sql("select tablename from pg_tables where schemaname = 'public'")
                .query(String.class)
                .list();
    }

    @Test
    void a_database_that_does_not_exist() {
        TestDatabase gone = TestPostgres.emptyDatabase();
        gone.close();
        refused(TestNode.with().database(gone), "The database named in KEYLEDGER_DB_URL does not exist");
    }

    @Test
    void an_owner_who_does_not_own() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            refused(
                    TestNode.with()
                            .database(new TestDatabase(
                                    database.url(),
                                    database.serviceUser(),
                                    database.servicePassword(),
                                    database.serviceUser(),
                                    database.servicePassword())),
                    "cannot be brought up to date with the role \"keyledger\"");
        }
    }

    @Test
    void a_schema_of_a_newer_release() {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            owner(database).sql("""
                            insert into flyway_schema_history
                                (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                            values (1000, '9999', 'from the future', 'SQL', 'V9999__from_the_future.sql', 1, 'keyledger_owner', 1, true)
                            """).update();
            refused(TestNode.with().database(database), "written by a newer version or changed by hand");
        }
    }

    @Test
    void settings_that_contradict_the_store() {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            TestNode.with()
                    .database(database)
                    .set("KEYLEDGER_REGION", "cn-beijing")
                    .set("KEYLEDGER_ACCOUNT_ID", "42")
                    .set("KEYLEDGER_LOG_ORIGIN", "log.example.com")
                    .start()
                    .close();

            refused(
                    TestNode.with().database(database).set("KEYLEDGER_REGION", "cn-shanghai"),
                    "this store was made for cn-beijing");
            refused(TestNode.with().database(database).set("KEYLEDGER_ACCOUNT_ID", "43"), "this store was made for 42");
            refused(
                    TestNode.with().database(database).set("KEYLEDGER_LOG_ORIGIN", "other.example.com"),
                    "the log of this store was begun as log.example.com");
            refused(TestNode.with().database(database).testClock(), "was made without the test clock");
            try (TestNode same = TestNode.with().database(database).start()) {
                assertThat(same.keyledger().identity().region()).isEqualTo("cn-beijing");
            }
        }
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            TestNode.with().database(database).testClock().start().close();
            refused(
                    TestNode.with().database(database),
                    "was made with the test clock and starts only with KEYLEDGER_TEST_CLOCK=true");
        }
    }

    @Test
    void an_embedded_store_in_use_or_without_its_root_key() throws IOException {
        try (TestNode first = dev().start()) {
            refused(
                    dev(),
                    "is in use by another Keyledger (process "
                            + ProcessHandle.current().pid() + ")");
            assertThat(first.keyledger().port()).isPositive();
        }
        Path rootKey = temp.resolve("data").resolve("root-key");
        String right = Files.readString(rootKey);
        Files.delete(rootKey);
        refused(dev(), "There is a database in " + temp.resolve("data").resolve("postgres"), "no root key");
        assertThat(rootKey).doesNotExist();

        refused(dev().set("KEYLEDGER_ROOT_KEY", TestNode.ROOT_KEY), "root key");
        assertThat(rootKey).doesNotExist();

        dev().set("KEYLEDGER_ROOT_KEY", right.strip()).start().close();
    }
}
