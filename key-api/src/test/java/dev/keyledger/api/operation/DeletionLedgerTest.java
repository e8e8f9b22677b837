package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.evidence.AnnouncedDeletion;
import dev.keyledger.evidence.DeletionLedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was destroyed is known outside the database, and a store that does not know it is not used (R-E10, ADR 0019). */
class DeletionLedgerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Path anchor() {
        return directory.resolve("anchor");
    }

    private TestNode node(TestDatabase database) {
        return TestNode.with()
                .database(database)
                .set("KEYLEDGER_ANCHOR_FILE", anchor().toString())
                .start();
    }

    private List<String> lines() {
        try {
            return Files.exists(anchor()) ? Files.readAllLines(anchor()) : List.of();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private List<AnnouncedDeletion> announced() {
        List<AnnouncedDeletion> found = new ArrayList<>();
        for (String line : lines()) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            if (AnnouncedDeletion.beginsLike(bytes)) {
                found.add(AnnouncedDeletion.parse(bytes));
            }
        }
        return found;
    }

    private List<DeletionLedgerEntry> confirmed() {
        return lines().stream()
                .filter(line -> line.contains("\"logIndex\":"))
                .map(line -> DeletionLedgerEntry.parse(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /** A copy of a database that nobody is connected to, as a back-up that is put back would be. */
    private static TestDatabase copy(TestDatabase original) {
        String name = original.url().substring(original.url().lastIndexOf('/') + 1);
        TestPostgres.administer(
                "create database " + name + "_copy template " + name + " owner " + original.ownerUser());
        return new TestDatabase(
                original.url() + "_copy",
                original.ownerUser(),
                original.ownerPassword(),
                original.serviceUser(),
                original.servicePassword());
    }

    @Test
    void a_destruction_is_announced_before_it_happens_and_confirmed_with_its_place_in_the_log() throws IOException {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode node = node(database)) {
            Kms kms = new Kms(node);
            MadeKey key = new Keys(kms).imported(Keys.material());

            // Where the ledger cannot be written nothing is destroyed.
            await().atMost(PATIENCE).until(() -> !lines().isEmpty());
            Path aside = directory.resolve("aside");
            Files.move(anchor(), aside);
            Files.createDirectory(anchor());
            kms.call("DeleteKeyMaterial", "KeyId", key.id()).refused(503, "ServiceUnavailableTemporary");
            assertThat(kms.call("DescribeKey", "KeyId", key.id()).ok().text("KeyMetadata.KeyState"))
                    .isEqualTo("Enabled");
            Files.delete(anchor());
            Files.move(aside, anchor());

            Reply deleted = kms.call("DeleteKeyMaterial", "KeyId", key.id()).ok();
            assertThat(announced()).singleElement().satisfies(each -> {
                assertThat(each.storeId())
                        .isEqualTo(node.keyledger().identity().storeId().toString());
                assertThat(each.keyId()).isEqualTo(key.id());
                assertThat(each.cause()).isEqualTo(DeletionLedgerEntry.Cause.DELETED);
                assertThat(each.keyVersionId()).isNotNull();
            });
            await().atMost(PATIENCE).until(() -> confirmed().size() == 1);
            long index = node.sql()
                    .sql(
                            "select log_index from audit_index join audit_record using (recorded_at, record_id) where request_id = ?::uuid")
                    .param(deleted.requestId().toString())
                    .query(Long.class)
                    .single();
            assertThat(confirmed()).containsExactly(announced().get(0).confirmed(index));
            await().atMost(PATIENCE)
                    .until(() -> node.sql()
                                    .sql("select count(*) from deletion_unconfirmed")
                                    .query(Long.class)
                                    .single()
                            == 0);
        }
    }

    @Test
    void a_store_that_was_put_back_from_before_a_deletion_is_described_and_nothing_else() {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            MadeKey key;
            String blob;
            try (TestNode node = node(database)) {
                Kms kms = new Kms(node);
                key = new Keys(kms).imported(Keys.material());
                blob = kms.call("Encrypt", "KeyId", key.id(), "Plaintext", "c2VjcmV0")
                        .ok()
                        .text("CiphertextBlob");
            }
            try (TestDatabase backup = copy(database)) {
                try (TestNode node = node(database)) {
                    assertThat(node.bean(Quarantine.class).why()).isEmpty();
                    new Kms(node).call("DeleteKeyMaterial", "KeyId", key.id()).ok();
                }
                try (TestNode restored = node(backup)) {
                    assertThat(restored.bean(Quarantine.class).why().orElseThrow())
                            .contains("put back from an older state");
                    Kms kms = new Kms(restored);
                    assertThat(kms.call("DescribeKey", "KeyId", key.id()).ok().text("KeyMetadata.KeyState"))
                            .isEqualTo("Enabled");
                    kms.call("Decrypt", "CiphertextBlob", blob).refused(503, "ServiceUnavailableTemporary");
                    kms.call("DisableKey", "KeyId", key.id()).refused(503, "ServiceUnavailableTemporary");
                    kms.call("CreateKey").refused(503, "ServiceUnavailableTemporary");
                    assertThat(restored.sql()
                                    .sql(
                                            "select distinct action from audit_record where reason = 'quarantine' order by 1")
                                    .query(String.class)
                                    .list())
                            .containsExactly("CreateKey", "Decrypt", "DisableKey");
                    new Rest(restored).get("/v1/audit/records?limit=1").ok();
                }
            }
            try (TestNode node = node(database)) {
                assertThat(node.bean(Quarantine.class).why()).isEmpty();
            }
            // A volume that is not mounted, or a new place to which the file was not brought.
            try (TestNode node = TestNode.with()
                    .database(database)
                    .set("KEYLEDGER_ANCHOR_FILE", directory.resolve("another").toString())
                    .start()) {
                assertThat(node.bean(Quarantine.class).why().orElseThrow()).contains("it is another file");
                Rest.Answer health = new Rest(node).get("/v1/health");
                assertThat(health.status()).isEqualTo(503);
                assertThat(health.text()).contains("\"quarantine\"", "it is another file");
            }
        }
    }
}
