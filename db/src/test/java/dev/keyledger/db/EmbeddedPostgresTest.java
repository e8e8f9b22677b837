package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    /** A database that was made and stopped clean; tests start on copies, because making one takes a second. */
    @TempDir
    private static Path made;

    @TempDir
    private Path temp;

    @BeforeAll
    static void make_a_database() throws SQLException {
        try (EmbeddedPostgres server = start(made.resolve("postgres"))) {
            execute(server.jdbcUrl(), owner(server), "create table fact (id int)");
            execute(server.jdbcUrl(), owner(server), "insert into fact values (1)");
            execute(server.jdbcUrl(), owner(server), "grant select, insert on fact to keyledger");
        }
    }

    @Test
    void data_survives_a_restart() throws Exception {
        Path directory = copyOfMade();
        try (EmbeddedPostgres server = start(directory)) {
            assertThat(facts(server)).isEqualTo(1);
            execute(server.jdbcUrl(), service(server), "insert into fact values (2)");
        }
        try (EmbeddedPostgres server = start(directory)) {
            assertThat(facts(server)).isEqualTo(2);
        }
    }

    @Test
    void every_commit_reaches_the_disk_and_only_this_machine_can_connect() throws Exception {
        try (EmbeddedPostgres server = start(copyOfMade())) {
            assertThat(List.of(
                            show(server, "fsync"),
                            show(server, "full_page_writes"),
                            show(server, "synchronous_commit"),
                            show(server, "data_checksums"),
                            show(server, "listen_addresses"),
                            show(server, "unix_socket_directories"),
                            show(server, "password_encryption"),
                            show(server, "server_encoding")))
                    .containsExactly("on", "on", "on", "on", "127.0.0.1", "", "scram-sha-256", "UTF8");
            assertThat(
                            query(
                                    server.jdbcUrl(),
                                    service(server),
                                    "select concat_ws(' ', datlocprovider::text, datlocale) from pg_database where datname = 'keyledger'"))
                    .isEqualTo("b C.UTF-8");
        }
    }

    @Test
    void nobody_connects_without_the_generated_password() throws Exception {
        try (EmbeddedPostgres server = start(copyOfMade())) {
            assertThatThrownBy(() -> query(server.jdbcUrl(), List.of("keyledger", "guess"), "select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"));
            assertThat(server.servicePassword()).hasSizeGreaterThanOrEqualTo(32).isNotEqualTo(server.ownerPassword());
        }
    }

    @Test
    void neither_role_is_a_superuser_and_the_service_owns_nothing() throws Exception {
        try (EmbeddedPostgres server = start(copyOfMade())) {
            assertThat(
                            query(
                                    server.jdbcUrl(),
                                    service(server),
                                    "select count(*) from pg_roles where rolname like 'keyledger%'"
                                            + " and not rolsuper and not rolcreaterole and not rolcreatedb and not rolbypassrls"))
                    .isEqualTo("2");
            assertThatThrownBy(() -> execute(server.jdbcUrl(), service(server), "create table mine (id int)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> execute(server.jdbcUrl(), service(server), "delete from fact"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void passwords_and_data_are_readable_by_their_owner_alone() throws IOException {
        Path directory = made.resolve("postgres");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("cluster"))))
                .isEqualTo("rwx------");
        for (String role : List.of("postgres", "keyledger", "keyledger_owner")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(directory.resolve(role + ".password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void statements_and_values_never_reach_the_server_log() throws Exception {
        Path directory = copyOfMade();
        try (EmbeddedPostgres server = start(directory)) {
            assertThatThrownBy(() -> execute(server.jdbcUrl(), service(server), "select 'canary-4711'::int"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> execute(server.jdbcUrl(), service(server), "select canary4711()"))
                    .isInstanceOf(SQLException.class);
        }
        String log = Files.readString(directory.resolve("server.log"));
        assertThat(log).contains("database system is shut down").doesNotContain("canary");
    }

    @Test
    void the_server_inherits_no_setting_of_this_process() {
        assertThat(Launch.detect().server(Path.of("postgres"), List.of()).environment())
                .containsOnlyKeys("PATH", "LC_ALL", "TZ");
    }

    @Test
    void the_first_start_tells_that_it_unpacks_and_the_second_is_silent() throws Exception {
        List<String> lines = new ArrayList<>();
        Path directory = temp.resolve("data").resolve("postgres");
        EmbeddedPostgres.start(directory, lines::add).close();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("Unpacking PostgreSQL " + PostgresBinaries.version());
        assertThat(directory.resolveSibling("postgres-binaries-" + PostgresBinaries.version()))
                .isDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        directory.resolveSibling(".").normalize())))
                .isEqualTo("rwx------");

        lines.clear();
        EmbeddedPostgres.start(directory, lines::add).close();
        assertThat(lines).isEmpty();
    }

    @Test
    void a_directory_in_use_refuses_a_second_server_and_is_left_alone() throws Exception {
        Path directory = copyOfMade();
        try (EmbeddedPostgres server = start(directory)) {
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> start(directory))
                    .withMessageContaining("is in use by another Keyledger (process "
                            + ProcessHandle.current().pid() + ")");
            assertThat(facts(server)).isEqualTo(1);
        }
        ProcessHandle server;
        try (HostProcess other = HostProcess.start(directory, "guarded")) {
            server = other.server();
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> start(directory))
                    .withMessageContaining("is in use by another Keyledger (process ");
            assertThat(query(other.url(), passwordIn(directory), "select count(*) from fact"))
                    .isEqualTo("1");
        }
        // It still writes to the directory, which is about to be deleted, for as long as it lives.
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void another_major_version_refuses_and_says_what_to_do() throws Exception {
        Path directory = copyOfMade();
        Files.writeString(directory.resolve("cluster").resolve("PG_VERSION"), "17\n");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> start(directory))
                .withMessageContaining("was written by PostgreSQL 17 and this Keyledger brings PostgreSQL 18")
                .withMessageContaining("pg_upgrade");
        Files.writeString(directory.resolve("cluster").resolve("PG_VERSION"), "18\n");
        try (EmbeddedPostgres server = start(directory)) {
            assertThat(facts(server)).isEqualTo(1);
        }
    }

    @Test
    void a_directory_with_something_else_in_it_is_not_touched() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("postgres"));
        Files.writeString(directory.resolve("thesis.tex"), "\\documentclass");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> start(directory))
                .withMessageContaining("is not empty and holds no database of Keyledger");
        assertThat(namesIn(directory)).containsExactly("thesis.tex");
        assertThat(namesIn(temp)).containsExactly("postgres");
    }

    @Test
    void a_file_in_the_way_is_one_sentence_and_nothing_is_made() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> start(file.resolve("data").resolve("postgres")))
                .withMessageContaining("cannot be opened");
        assertThat(namesIn(temp)).containsExactly("file");
    }

    @Test
    void a_full_disk_is_one_sentence_and_nothing_is_left() throws Exception {
        // 30 MB are too small for the programs, 80 MB hold the programs but not a new database.
        for (String size : List.of("30m", "80m")) {
            Path disk = Files.createDirectory(temp.resolve(size));
            Process host = HostProcess.launch(
                    List.of(
                            "unshare",
                            "--map-root-user",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs -o size=" + size + " none " + disk + " && mkdir -m 755 " + disk
                                    + "/data && \"$@\"; ls -A " + disk + "/data",
                            "sh"),
                    disk.resolve("data").resolve("postgres"),
                    disk.resolve("data"),
                    "guarded");
            assertThat(host.waitFor(120, TimeUnit.SECONDS)).isTrue();
            List<String> output = new String(host.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assumeThat(output).as("mounting needs user namespaces").isNotEmpty();
            assertThat(output).hasSize(2);
            assertThat(output.get(0)).isEqualTo("refused");
            assertThat(output.get(1)).containsPattern("(?i)no space left on device|check free disk space");
        }
    }

    @Test
    void a_killed_process_takes_its_server_along_and_the_data_stays() throws Exception {
        assumeThat(Launch.detect().guardsAgainstOrphans()).isTrue();
        Path directory = copyOfMade();
        try (HostProcess host = HostProcess.start(directory, "guarded")) {
            execute(host.url(), passwordIn(directory), "insert into fact values (2)");
            host.kill();
            host.server().onExit().get(30, TimeUnit.SECONDS);
        }
        assertThat(Files.readString(directory.resolve("server.log"))).contains("database system is shut down");
        try (EmbeddedPostgres server = start(directory)) {
            assertThat(facts(server)).isEqualTo(2);
        }
    }

    @Test
    void an_interrupt_from_the_terminal_does_not_reach_the_server() throws Exception {
        assumeThat(Launch.detect().guardsAgainstOrphans()).isTrue();
        try (EmbeddedPostgres server = start(copyOfMade())) {
            // Fields after the name in parentheses: state, parent, process group, session.
            String stat = Files.readString(Path.of("/proc/" + server.pid() + "/stat"));
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5));
            assertThat(fields.get(2)).isEqualTo(Long.toString(server.pid()));
            assertThat(fields.get(3)).isEqualTo(Long.toString(server.pid()));
        }
    }

    @Test
    void an_orphaned_server_is_stopped_by_the_next_start() throws Exception {
        Path directory = copyOfMade();
        try (HostProcess host = HostProcess.start(directory, "unguarded")) {
            execute(host.url(), passwordIn(directory), "insert into fact values (2)");
            host.kill();
            assertThat(host.server().isAlive()).isTrue();
            try (EmbeddedPostgres server = start(directory)) {
                assertThat(host.server().isAlive()).isFalse();
                assertThat(facts(server)).isEqualTo(2);
            }
        }
    }

    @Test
    void a_killed_server_recovers_all_it_acknowledged() throws Exception {
        Path directory = copyOfMade();
        try (HostProcess host = HostProcess.start(directory, "guarded")) {
            for (int n = 2; n <= 20; n++) {
                execute(host.url(), passwordIn(directory), "insert into fact values (" + n + ")");
            }
            host.server().destroyForcibly();
            host.kill();
            try (EmbeddedPostgres server = start(directory)) {
                assertThat(facts(server)).isEqualTo(20);
            }
        }
        assertThat(Files.readString(directory.resolve("server.log"))).contains("redo");
    }

    @Test
    void a_stale_lock_file_whose_process_id_belongs_to_someone_else_does_not_stop_the_start() throws Exception {
        assumeThat(Path.of("/proc/sysvipc/shm")).exists();
        Path directory = copyOfMade();
        Files.writeString(
                directory.resolve("cluster").resolve("postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + directory.resolve("cluster")
                        + "\n1700000000\n5432\n\n127.0.0.1\n 1 1\nready\n");
        try (EmbeddedPostgres server = start(directory)) {
            assertThat(facts(server)).isEqualTo(1);
        }
    }

    @Test
    void what_a_killed_first_start_left_is_cleared_away() throws Exception {
        Path directory = temp.resolve("postgres");
        Files.createDirectories(temp.resolve("postgres.new").resolve("cluster"));
        Files.writeString(temp.resolve("postgres.new").resolve("cluster").resolve("PG_VERSION"), "18\n");
        start(directory).close();
        assertThat(namesIn(temp)).containsExactly("postgres");
    }

    @Test
    void root_can_also_run_the_server_as_an_ordinary_user() throws Exception {
        assumeThat(Launch.isRoot()).isTrue();
        Launch ordinary = Launch.asOrdinaryUser().orElseThrow();
        assumeThat(ordinary.canWrite(Path.of("/tmp"))).isTrue();
        Path parent = Files.createTempDirectory(Path.of("/tmp"), "keyledger-test-");
        try {
            Path closed = parent.resolve("postgres");
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(closed, TestPostgres.programs(), ordinary, line -> {}))
                    .withMessageContaining("start Keyledger as an ordinary user");
            assertThat(namesIn(parent)).isEmpty();

            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx--x--x"));
            Path directory = parent.resolve("postgres");
            copy(made.resolve("postgres"), directory);
            // He cannot get through to where the build keeps them.
            String programs = "postgres-binaries-" + PostgresBinaries.version();
            copy(TestPostgres.programs().resolve(programs), parent.resolve(programs));
            try (EmbeddedPostgres server = EmbeddedPostgres.start(directory, parent, ordinary, line -> {})) {
                assertThat(facts(server)).isEqualTo(1);
                assertThat(ProcessHandle.of(server.pid()).orElseThrow().info().user())
                        .isPresent()
                        .get()
                        .isNotEqualTo("root");
            }
        } finally {
            FileTree.delete(parent);
        }
    }

    private static EmbeddedPostgres start(Path directory) {
        return EmbeddedPostgres.start(directory, TestPostgres.programs(), line -> {});
    }

    private Path copyOfMade() throws IOException {
        Path target = temp.resolve("postgres");
        copy(made.resolve("postgres"), target);
        return target;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static List<String> namesIn(Path directory) throws IOException {
        try (Stream<Path> content = Files.list(directory)) {
            return content.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static int facts(EmbeddedPostgres server) throws SQLException {
        return Integer.parseInt(query(server.jdbcUrl(), service(server), "select count(*) from fact"));
    }

    private static String show(EmbeddedPostgres server, String setting) throws SQLException {
        return query(server.jdbcUrl(), List.of(server.superuser(), server.superuserPassword()), "show " + setting);
    }

    private static List<String> owner(EmbeddedPostgres server) {
        return List.of(server.ownerUser(), server.ownerPassword());
    }

    private static List<String> service(EmbeddedPostgres server) {
        return List.of(server.serviceUser(), server.servicePassword());
    }

    private static List<String> passwordIn(Path directory) throws IOException {
        return List.of(
                "keyledger",
                Files.readString(directory.resolve("keyledger.password")).strip());
    }

    private static void execute(String url, List<String> login, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, login.get(0), login.get(1));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String url, List<String> login, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, login.get(0), login.get(1));
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
