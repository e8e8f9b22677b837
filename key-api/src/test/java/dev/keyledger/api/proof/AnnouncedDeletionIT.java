package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.evidence.AnchoredCheckpoint;
import dev.keyledger.evidence.AnnouncedDeletion;
import dev.keyledger.evidence.note.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is killed when a destruction is announced outside the database and not committed in it (ADR 0019). */
class AnnouncedDeletionIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long HELD = 4_711;

    @TempDir
    private Path directory;

    private Path anchor() {
        return directory.resolve("anchor");
    }

    private List<byte[]> lines() {
        try {
            return Files.exists(anchor())
                    ? Files.readString(anchor())
                            .lines()
                            .map(line -> line.getBytes(StandardCharsets.UTF_8))
                            .toList()
                    : List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<AnnouncedDeletion> announced() {
        return lines().stream()
                .filter(AnnouncedDeletion::beginsLike)
                .map(AnnouncedDeletion::parse)
                .toList();
    }

    private long anchored() {
        return lines().stream()
                .filter(AnchoredCheckpoint::beginsLike)
                .mapToLong(line -> Checkpoint.parse(
                                AnchoredCheckpoint.parse(line).note().text())
                        .size())
                .max()
                .orElse(0);
    }

    @Test
    void a_kill_between_announcement_and_commit_leaves_the_key_as_it_was_and_the_next_start_says_so() throws Exception {
        byte[] rootKey = new byte[32];
        new SecureRandom().nextBytes(rootKey);
        try (TestDatabase database = TestPostgres.freshDatabase();
                KeyledgerProcess node = NodePair.external(KeyledgerProcess.in(directory.resolve("node")), database)
                        .with("KEYLEDGER_ROOT_KEY", Base64.getEncoder().encodeToString(rootKey))
                        .with("KEYLEDGER_ACCESS_KEY_ID", "proof")
                        .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString())
                        .with("KEYLEDGER_ANCHOR_FILE", anchor().toString())
                        .start()) {
            SignedHttp client = new SignedHttp(node);
            ExternalKey key = ExternalKey.holding(client, Wrapping.material());
            String blob = client.call("Encrypt", Map.of("KeyId", key.keyId(), "Plaintext", "c2VjcmV0"))
                    .granted()
                    .text("CiphertextBlob");
            Store store = Store.of(database);
            // No checkpoint is due, so that none follows the announcement.
            Await.until(
                    "all records are anchored",
                    PATIENCE,
                    () -> anchored() == store.count("select count(*) from audit_record"));

            killBetweenAnnouncementAndCommit(node, client, key, database);

            assertThat(announced())
                    .singleElement()
                    .satisfies(each -> assertThat(each.keyId()).isEqualTo(key.keyId()));
            try (KeyledgerProcess next = node.restart()) {
                assertThat(next.output())
                        .contains("The deletion ledger announces that material of key " + key.keyId() + " is deleted (")
                        .doesNotContain("QUARANTINE");
                assertThat(client.call("Decrypt", Map.of("CiphertextBlob", blob))
                                .granted()
                                .text("Plaintext"))
                        .isEqualTo("c2VjcmV0");
                assertThat(store.count("select count(*) from deletion_unconfirmed"))
                        .isZero();
                key.call("DeleteKeyMaterial").granted();
                assertThat(announced()).hasSize(2);
                next.stop();
            }
        }
    }

    private void killBetweenAnnouncementAndCommit(
            KeyledgerProcess node, SignedHttp client, ExternalKey key, TestDatabase database)
            throws SQLException, InterruptedException {
        Store owner = Store.of(database);
        try (Connection holding = owner.dataSource().getConnection()) {
            run(holding, "select pg_advisory_lock(" + HELD + ")");
            run(
                    holding,
                    "create function held() returns trigger language plpgsql as"
                            + " $$ begin perform pg_advisory_xact_lock(" + HELD + "); return new; end $$");
            run(
                    holding,
                    "create trigger held before insert on deletion_unconfirmed for each row execute function held()");
            Thread caller = new Thread(() -> {
                try {
                    client.sendOrFail("DeleteKeyMaterial", Map.of("KeyId", key.keyId()));
                } catch (IOException killed) {
                    // As it is meant to be.
                }
            });
            caller.start();
            Await.until(
                    "the destruction is announced and waits",
                    PATIENCE,
                    () -> announced().size() == 1
                            && owner.count("select count(*) from pg_locks where locktype = 'advisory' and objid = "
                                            + HELD + " and not granted")
                                    == 1);
            node.kill();
            EmbeddedPostgres server = TestPostgres.server();
            // A statement that waits for a lock does not notice that its client is gone.
            Await.until(
                    "its session is ended",
                    PATIENCE,
                    () -> Store.of(database.url(), server.superuser(), server.superuserPassword())
                                    .count(
                                            "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory'"
                                                    + " and objid = " + HELD + " and not granted")
                            == 0);
            caller.join();
            run(holding, "drop trigger held on deletion_unconfirmed");
            run(holding, "drop function held()");
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
