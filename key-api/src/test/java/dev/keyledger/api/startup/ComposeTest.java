package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.yaml.snakeyaml.Yaml;

/** {@code docker-compose.yml} and what belongs to it, read as the tool reads them, and its settings on a real PostgreSQL. */
@NullUnmarked // What is missing in the file fails the test, as it should.
class ComposeTest {

    private static final Path TOP = Path.of("..");

    @TempDir
    private Path temp;

    private static Map<String, Object> file() throws IOException {
        return new Yaml().load(Files.readString(TOP.resolve("docker-compose.yml")));
    }

    @SuppressWarnings("unchecked") // The shape of the file is what is tested.
    private static Map<String, Object> map(Map<String, Object> parent, String name) {
        return (Map<String, Object>) Objects.requireNonNull(parent.get(name), name);
    }

    private static String text(Map<String, Object> parent, String name) {
        return Objects.requireNonNull(parent.get(name), name).toString();
    }

    private static Map<String, Object> service(String name) throws IOException {
        return map(map(file(), "services"), name);
    }

    private static Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>();
        map(service("keyledger"), "environment").forEach((name, value) -> environment.put(name, value.toString()));
        return environment;
    }

    @Test
    void both_containers_run_without_rights_on_a_read_only_file_system() throws IOException {
        for (String name : List.of("keyledger", "postgres")) {
            Map<String, Object> service = service(name);
            assertThat(service.get("read_only")).as(name).isEqualTo(true);
            assertThat(text(service, "user")).as(name).matches("[1-9][0-9]*:[1-9][0-9]*");
            assertThat(service.get("cap_drop")).as(name).isEqualTo(List.of("ALL"));
            assertThat(service).as(name).doesNotContainKeys("cap_add", "privileged", "network_mode", "pid");
            assertThat(service.get("security_opt")).as(name).isEqualTo(List.of("no-new-privileges:true"));
        }
        assertThat(map(service("keyledger"), "ulimits").get("core")).isEqualTo(0);
        assertThat(service("keyledger").get("memswap_limit"))
                .isEqualTo(service("keyledger").get("mem_limit"));
    }

    @Test
    void only_this_machine_reaches_the_port_and_nobody_the_database() throws IOException {
        assertThat(service("keyledger").get("ports")).isEqualTo(List.of("127.0.0.1:8080:8080"));
        assertThat(service("postgres")).doesNotContainKey("ports");
    }

    @Test
    void keyledger_waits_for_a_database_of_the_embedded_major_version_that_can_be_reached() throws IOException {
        assertThat(service("postgres").get("image")).isEqualTo("postgres:18");
        assertThat(map(map(service("keyledger"), "depends_on"), "postgres").get("condition"))
                .isEqualTo("service_healthy");
        assertThat(text(map(service("postgres"), "healthcheck"), "test"))
                .contains("pg_isready", "--host=127.0.0.1", "--username=keyledger", "--dbname=keyledger");
    }

    @Test
    void no_secret_is_in_the_file_and_each_is_one_of_the_mounted_files() throws IOException {
        Map<String, Object> secrets = map(file(), "secrets");
        assertThat(secrets.keySet())
                .containsExactlyInAnyOrder(
                        "postgres_password", "db_owner_password", "db_password", "root_key", "access_key_secret");
        for (String secret : secrets.keySet()) {
            assertThat(map(secrets, secret)).containsExactly(Map.entry("file", "./secrets/" + secret));
        }
        assertThat(environment().keySet())
                .doesNotContain(
                        "KEYLEDGER_ROOT_KEY",
                        "KEYLEDGER_DB_PASSWORD",
                        "KEYLEDGER_DB_OWNER_PASSWORD",
                        "KEYLEDGER_ACCESS_KEY_SECRET");
        List<?> mounted = (List<?>) Objects.requireNonNull(service("keyledger").get("secrets"));
        environment().forEach((name, value) -> {
            if (value.startsWith("/run/secrets/")) {
                assertThat(mounted.contains(value.substring("/run/secrets/".length())))
                        .as(name)
                        .isTrue();
            }
        });
        assertThat(Files.readString(TOP.resolve(".gitignore"))).contains("secrets/");
        assertThat(Files.readString(TOP.resolve(".dockerignore"))).contains("secrets", ".git");
    }

    @Test
    void the_settings_start_a_node_on_a_real_postgresql_with_append_only_by_privilege() throws IOException {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            Map<String, String> contents = Map.of(
                    "db_password",
                    database.servicePassword(),
                    "db_owner_password",
                    database.ownerPassword(),
                    "root_key",
                    TestNode.ROOT_KEY,
                    "access_key_secret",
                    "0123456789abcdef0123456789abcdef");
            Map<String, String> settings = environment();
            settings.replaceAll((name, value) -> value.startsWith("/run/secrets/")
                    ? file(contents, value.substring("/run/secrets/".length()))
                    : value);
            assertThat(settings).containsEntry("KEYLEDGER_DB_URL", "jdbc:postgresql://postgres:5432/keyledger");
            settings.put("KEYLEDGER_DB_URL", database.url());
            settings.put("KEYLEDGER_PORT", "0");
            settings.put("KEYLEDGER_DATA_DIR", temp.resolve("never-made").toString());

            try (Keyledger node = Keyledger.start(SettingsReader.read(settings, Map.of(), List.of()))) {
                assertThat(node.context().getBean(StoreFacts.class).appendOnlyEnforced())
                        .isTrue();
            }
            // A read-only root file system has no place for anything else.
            assertThat(temp.resolve("never-made")).doesNotExist();
        }
    }

    private String file(Map<String, String> contents, String secret) {
        try {
            return Files.writeString(temp.resolve(secret), contents.get(secret) + "\n")
                    .toString();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void the_roles_of_the_script_are_those_of_the_settings_and_own_what_they_should() throws IOException {
        String script = Files.readString(TOP.resolve("db/docker/roles.sh"));
        assertThat(text(service("postgres"), "volumes"))
                .contains("./db/docker/roles.sh:/docker-entrypoint-initdb.d/roles.sh:ro");
        Matcher statements =
                Pattern.compile("<< 'SQL'\\n(.*)\\nSQL\\n", Pattern.DOTALL).matcher(script);
        assertThat(statements.find()).isTrue();
        String sql = statements
                .group(1)
                .replace(":'owner_password'", "'o'")
                .replace(":'service_password'", "'s'")
                // The test server has these roles and this database already.
                .replace("keyledger", "compose");
        assertThat(environment())
                .containsEntry("KEYLEDGER_DB_USER", "keyledger")
                .containsEntry("KEYLEDGER_DB_OWNER_USER", "keyledger_owner");
        sql.lines().forEach(TestPostgres::administer);
        try {
            SingleConnectionDataSource service =
                    new SingleConnectionDataSource(TestPostgres.server().jdbcUrl("compose"), "compose", "s", false);
            assertThat(JdbcClient.create(service)
                            .sql("select pg_get_userbyid(datdba) from pg_database where datname = 'compose'")
                            .query(String.class)
                            .single())
                    .isEqualTo("compose_owner");
            service.destroy();
        } finally {
            TestPostgres.administer("drop database compose");
            TestPostgres.administer("drop role compose");
            TestPostgres.administer("drop role compose_owner");
        }
    }

    @Test
    void the_image_runs_as_the_user_of_the_file_and_keeps_its_memory_to_itself() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        assertThat(map(service("keyledger"), "build").get("dockerfile")).isEqualTo("key-api/Dockerfile");
        assertThat(dockerfile).contains("USER " + service("keyledger").get("user") + "\n");
        assertThat(dockerfile.lines().filter(line -> line.startsWith("FROM "))).hasSize(2);
        assertThat(dockerfile)
                .contains("COPY --chmod=444 key-api/src/packaging/jvm.flags /opt/keyledger/jvm.flags\n")
                .contains("ENTRYPOINT [\"java\", \"@/opt/keyledger/jvm.flags\",");
        assertThat(Files.readAllLines(Path.of("src", "packaging", "jvm.flags")))
                .contains(
                        "-XX:+DisableAttachMechanism", "-XX:-HeapDumpOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash");
    }
}
