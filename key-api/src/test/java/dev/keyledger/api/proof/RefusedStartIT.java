package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.proof.KeyledgerProcess.FailedStart;
import dev.keyledger.api.proof.KeyledgerProcess.Launch;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a node from starting is said in one sentence, ends it with a code, and leaves nothing that was not there before. */
class RefusedStartIT {

    @TempDir
    private Path directory;

    private Launch launch() {
        return KeyledgerProcess.in(directory.resolve("node"));
    }

    private static FailedStart refused(Launch launch, String... words) {
        FailedStart start = launch.startThatFails();
        assertThat(start.exitCode()).as(start.standardError()).isNotZero();
        assertThat(start.standardError().strip().lines())
                .as(start.standardError())
                .hasSize(1);
        assertThat(start.standardError()).startsWith("Keyledger cannot start. ").contains(words);
        assertThat(start.standardError() + start.standardOutput()).doesNotContain("Exception", "\tat ");
        return start;
    }

    private static String newRootKey() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    @Test
    void a_taken_port_creates_nothing() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Launch launch = launch().port(taken.getLocalPort());
            refused(launch, "Port " + taken.getLocalPort(), "KEYLEDGER_PORT");
            assertThat(files(launch.directory())).isEmpty();
        }
    }

    @Test
    void an_unreachable_database_creates_nothing() {
        Launch launch = launch().with(
                        "KEYLEDGER_DB_URL", "jdbc:postgresql://127.0.0.1:" + KeyledgerProcess.freePort() + "/keyledger")
                .with("KEYLEDGER_DB_USER", "keyledger")
                .with("KEYLEDGER_DB_PASSWORD", "a password not to be shown")
                .with("KEYLEDGER_ROOT_KEY", newRootKey());
        FailedStart start = refused(launch, "database");
        assertThat(start.standardError() + start.standardOutput()).doesNotContain("not to be shown");
        assertThat(files(launch.directory())).isEmpty();
    }

    @Test
    void a_refused_database_login_creates_nothing() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            Launch launch = NodePair.external(launch(), database)
                    .with("KEYLEDGER_DB_PASSWORD", "wrong password")
                    .with("KEYLEDGER_DB_OWNER_PASSWORD", "wrong password")
                    .with("KEYLEDGER_ROOT_KEY", newRootKey());
            refused(launch, "database");
            assertThat(files(launch.directory())).isEmpty();
            assertThat(tables(database)).isEmpty();
        }
    }

    @Test
    void an_external_database_without_a_root_key_creates_nothing() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            Launch launch = NodePair.external(launch(), database);
            refused(launch, "KEYLEDGER_ROOT_KEY");
            assertThat(files(launch.directory())).isEmpty();
            assertThat(tables(database)).isEmpty();
        }
    }

    @Test
    void an_external_database_with_another_root_key_is_left_alone() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            Launch launch = NodePair.external(launch(), database).with("KEYLEDGER_ROOT_KEY", newRootKey());
            try (KeyledgerProcess node = launch.start()) {
                node.stop();
            }
            Map<String, String> files = files(launch.directory());
            List<String> generations = Store.of(database).texts("select root_generation::text from root_generation");
            refused(launch.with("KEYLEDGER_ROOT_KEY", newRootKey()), "root key");
            assertThat(files(launch.directory())).isEqualTo(files);
            assertThat(Store.of(database).texts("select root_generation::text from root_generation"))
                    .isEqualTo(generations);
        }
    }

    @Test
    void another_root_key_or_none_over_existing_data_is_refused_and_the_right_one_serves() throws IOException {
        Launch launch = launch();
        String keyId;
        byte[] material = Wrapping.material();
        Path rootKey;
        try (KeyledgerProcess node = launch.start()) {
            rootKey = node.dataDirectory().resolve("root-key");
            keyId = ExternalKey.holding(new SignedHttp(node), material).keyId();
            node.stop();
        }
        Map<String, String> before = secretFiles(launch.directory());
        refused(launch.with("KEYLEDGER_ROOT_KEY", newRootKey()), "root key");
        assertThat(secretFiles(launch.directory())).isEqualTo(before);

        Path kept = directory.resolve("root-key-kept-elsewhere");
        Files.move(rootKey, kept);
        refused(launch, "root key");
        assertThat(rootKey).as("a new root key over existing data").doesNotExist();

        Files.move(kept, rootKey);
        try (KeyledgerProcess node = launch.start()) {
            ExternalKey key = ExternalKey.of(new SignedHttp(node), keyId, "RSAES_OAEP_SHA_1");
            key.importMaterial(material).granted();
            node.stop();
        }
    }

    @Test
    void a_root_key_that_others_can_read_is_refused() throws IOException {
        Launch launch = launch();
        Path rootKey;
        try (KeyledgerProcess node = launch.start()) {
            rootKey = node.dataDirectory().resolve("root-key");
            assertThat(mode(rootKey)).isEqualTo("rw-------");
            assertThat(mode(node.dataDirectory().resolve("access-key.env"))).isEqualTo("rw-------");
            node.stop();
        }
        Files.setPosixFilePermissions(rootKey, PosixFilePermissions.fromString("rw-r--r--"));
        refused(launch, "root-key");
    }

    @Test
    void an_unknown_setting_creates_nothing() {
        Launch launch = launch().with("KEYLEDGER_REGOIN", "cn-hangzhou");
        refused(launch, "KEYLEDGER_REGOIN");
        assertThat(files(launch.directory())).isEmpty();
    }

    @Test
    void a_full_disk_creates_nothing_that_a_second_start_stumbles_over() {
        Path disk = directory.resolve("disk");
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name"))
                        && ForeignProgramCondition.find("mount").isPresent(),
                "only root can mount a small disk");
        Shell shell = new Shell(directory);
        shell.run("mkdir disk");
        String mounted = shell.run("mount -t tmpfs -o size=16m tmpfs disk && echo yes || echo no");
        Assumptions.assumeTrue(mounted.strip().endsWith("yes"), "this container may not mount");
        try {
            Launch launch =
                    launch().with("KEYLEDGER_DATA_DIR", disk.resolve("data").toString());
            refused(launch, "No space left on device");
            assertThat(files(disk)).isEmpty();
            shell.run("mount -o remount,size=1g disk");
            try (KeyledgerProcess node = launch.start()) {
                assertThat(node.ready()).isTrue();
                node.stop();
            }
        } finally {
            shell.run("umount disk");
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<String> tables(TestDatabase database) {
        return Store.of(database).texts("select tablename from pg_tables where schemaname = 'public'");
    }

    /** The files that hold secrets of a node, with their content; the database's own files change with each start. */
    private static Map<String, String> secretFiles(Path root) {
        return files(root).entrySet().stream()
                .filter(each ->
                        each.getKey().endsWith("root-key") || each.getKey().endsWith("access-key.env"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, String> files(Path root) {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(each -> !each.equals(root)).toList()) {
                content.put(
                        root.relativize(file).toString(),
                        Files.isRegularFile(file) && Files.size(file) < 4096
                                ? Base64.getEncoder().encodeToString(Files.readAllBytes(file))
                                : "");
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return content;
    }
}
