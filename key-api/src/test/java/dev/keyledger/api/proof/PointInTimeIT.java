package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A base back-up and the archived write-ahead log bring the database back to a moment before material was deleted and a key destroyed. The anchor
 * file, which lies elsewhere, knows better: the restored store describes keys and answers auditors, and uses nothing (R-E10).
 *
 * <p>By profile: {@code mvn -Psoak verify -Dit.test=PointInTimeIT}.
 */
@Tag("soak")
class PointInTimeIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String UNAVAILABLE = "ServiceUnavailableTemporary";
    private static final String SECRET =
            Base64.getEncoder().encodeToString("restored".getBytes(StandardCharsets.UTF_8));

    @TempDir
    private Path directory;

    private Path anchor() {
        return directory.resolve("anchor");
    }

    private Path archive() {
        return directory.resolve("archive");
    }

    private KeyledgerProcess.Launch launch(String name) {
        return KeyledgerProcess.in(directory.resolve(name))
                .with("KEYLEDGER_TEST_CLOCK", "true")
                .with("KEYLEDGER_ANCHOR_FILE", anchor().toString());
    }

    private long confirmed() {
        try {
            return Files.readAllLines(anchor()).stream()
                    .filter(line -> line.contains("\"logIndex\":"))
                    .count();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void a_database_brought_back_to_before_a_deletion_is_described_and_not_used() throws Exception {
        Files.createDirectory(archive());
        KeyledgerProcess.Launch original = launch("node");
        try (KeyledgerProcess first = original.start()) {
            first.stop();
            append(first.dataDirectory().resolve("postgres/cluster/postgresql.conf"), """

                    archive_mode = on
                    archive_command = 'test ! -f "%1$s/%%f" && cp "%%p" "%1$s/%%f"'
                    """.formatted(archive()));
        }
        String blob;
        String blobOfDoomed;
        ExternalKey deleted;
        String doomed;
        AccessKeyPair accessKey;
        Path data;
        try (KeyledgerProcess node = original.start()) {
            data = node.dataDirectory();
            accessKey = node.accessKey();
            SignedHttp client = new SignedHttp(node);
            try (Connection superuser = Store.superuserOf(node).dataSource().getConnection()) {
                baseBackup(superuser, data.resolve("postgres"));
                deleted = ExternalKey.holding(client, Wrapping.material());
                doomed = client.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId");
                blob = encrypted(client, deleted.keyId());
                blobOfDoomed = encrypted(client, doomed);
                client.call("ScheduleKeyDeletion", Map.of("KeyId", doomed, "PendingWindowInDays", "7"))
                        .granted();
                text(superuser, "select pg_create_restore_point('before_the_deletion')");

                deleted.call("DeleteKeyMaterial").granted();
                new DrivenClock(node).advance(Duration.ofDays(8));
                Await.until("both are confirmed outside the database", PATIENCE, () -> confirmed() == 2);

                String last = text(superuser, "select pg_walfile_name(pg_switch_wal())");
                Await.until(
                        "the log is archived",
                        PATIENCE,
                        () -> Files.exists(archive().resolve(last)));
            }
            node.stop();
        }

        KeyledgerProcess.Launch elsewhere = launch("restored")
                .with("KEYLEDGER_ROOT_KEY_FILE", data.resolve("root-key").toString());
        putBack(data.resolve("postgres"), elsewhere.directory().resolve("keyledger-data/postgres"));
        try (KeyledgerProcess restored = elsewhere.start()) {
            SignedHttp client = new SignedHttp(restored.url(), accessKey);
            assertThat(restored.output()).contains("QUARANTINE", "put back from an older state");
            assertThat(state(client, deleted.keyId())).isEqualTo("Enabled");
            assertThat(state(client, doomed)).isEqualTo("PendingDeletion");
            for (String each : new String[] {blob, blobOfDoomed}) {
                client.call("Decrypt", Map.of("CiphertextBlob", each)).refusedWith(UNAVAILABLE);
            }
            client.call("CancelKeyDeletion", Map.of("KeyId", doomed)).refusedWith(UNAVAILABLE);
            client.call("CreateKey", Map.of()).refusedWith(UNAVAILABLE);
            assertThat(status(restored.url().resolve("/v1/audit/records?key=" + doomed), accessKey))
                    .isEqualTo(200);
            assertThat(status(restored.url().resolve("/v1/health"), accessKey)).isEqualTo(503);
            assertThat(Store.embeddedIn(restored)
                            .count("select count(*) from domain_event where payload_type in"
                                    + " ('keyledger.key.material-deleted', 'keyledger.key.destroyed')"))
                    .as("it really is from before")
                    .isZero();
            restored.stop();
        }

        // The newest state leads out of it.
        try (KeyledgerProcess node = original.start()) {
            SignedHttp client = new SignedHttp(node);
            assertThat(node.output()).doesNotContain("QUARANTINE");
            assertThat(state(client, deleted.keyId())).isEqualTo("PendingImport");
            client.call("DescribeKey", Map.of("KeyId", doomed)).refusedWith("Forbidden.KeyNotFound");
            node.stop();
        }
    }

    private static String encrypted(SignedHttp client, String keyId) {
        return client.call("Encrypt", Map.of("KeyId", keyId, "Plaintext", SECRET))
                .granted()
                .text("CiphertextBlob");
    }

    private static String state(SignedHttp client, String keyId) {
        return client.call("DescribeKey", Map.of("KeyId", keyId)).granted().text("KeyMetadata.KeyState");
    }

    private static int status(URI url, AccessKeyPair key) throws IOException, InterruptedException {
        String basic =
                Base64.getEncoder().encodeToString((key.id() + ":" + key.secret()).getBytes(StandardCharsets.UTF_8));
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(url)
                                .header("Authorization", "Basic " + basic)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** By the server's own functions: its files here have no program for it. */
    private void baseBackup(Connection superuser, Path postgres) throws SQLException, IOException {
        text(superuser, "select pg_backup_start('base', fast => true)");
        Path base = Files.createDirectory(directory.resolve("base"));
        // Files may come and go while they are copied; the log says what became of them.
        new Shell(directory)
                .run("cp -a '" + postgres.resolve("cluster") + "' '" + base + "' || true;" + " rm -rf '" + base
                        + "'/cluster/pg_wal/* '" + base + "/cluster/postmaster.pid'");
        Files.writeString(
                base.resolve("cluster/backup_label"),
                text(superuser, "select labelfile from pg_backup_stop(wait_for_archive => true)"));
    }

    private void putBack(Path postgres, Path restored) throws IOException {
        Files.createDirectories(restored);
        Shell shell = new Shell(directory);
        shell.run("chmod go= '" + restored.resolveSibling(".") + "'");
        shell.run("cp -a '" + postgres + "'/*.password '" + restored + "'");
        shell.run("cp -a '" + directory.resolve("base/cluster") + "' '" + restored + "'");
        append(restored.resolve("cluster/postgresql.conf"), """
                archive_mode = off
                restore_command = 'cp "%s/%%f" "%%p"'
                recovery_target_name = 'before_the_deletion'
                recovery_target_action = promote
                # Nobody is let in before it is over.
                hot_standby = off
                """.formatted(archive()));
        Files.createFile(restored.resolve("cluster/recovery.signal"));
    }
}
