package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.evidence.AnnouncedDeletion;
import dev.keyledger.evidence.DeletionLedgerEntry;
import dev.keyledger.time.StoreClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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
            assertThat(confirmed())
                    .containsExactly(announced()
                            .get(0)
                            .confirmed(indexOf(node, deleted.requestId().toString())));
            await().atMost(PATIENCE).until(() -> count(node, "deletion_unconfirmed") == 0);
        }
    }

    private static void pass(TestNode node, Duration time) {
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(time));
        clock.refresh();
    }

    private static long count(TestNode node, String what) {
        return node.sql().sql("select count(*) from " + what).query(Long.class).single();
    }

    private static long refused(TestNode node, String act) {
        return count(
                node,
                "audit_record where action = '" + act
                        + "' and outcome <> 'Success' and reason = 'the deletion ledger cannot be written'");
    }

    @Test
    void expiry_and_destruction_wait_until_they_can_be_announced() throws IOException {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode node = TestNode.with()
                        .database(database)
                        .testClock()
                        .set("KEYLEDGER_ANCHOR_FILE", anchor().toString())
                        .start()) {
            Kms kms = new Kms(node);
            Keys keys = new Keys(kms);
            MadeKey expiring = keys.external();
            IssuedParameters parameters = keys.parameters(expiring.id());
            Instant expiry = node.bean(StoreClock.class).now().plus(Duration.ofDays(1));
            keys.importWith(
                            parameters,
                            parameters.wrap(expiring.material()),
                            "KeyMaterialExpireUnix",
                            Long.toString(expiry.getEpochSecond()))
                    .ok();
            MadeKey doomed = keys.generated();
            keys.schedule(doomed);
            String changes =
                    "domain_event where payload_type in ('keyledger.key.material-expired', 'keyledger.key.destroyed')";
            await().atMost(PATIENCE).until(() -> !lines().isEmpty());
            Path aside = directory.resolve("aside");
            Files.move(anchor(), aside);
            Files.createDirectory(anchor());

            pass(node, Duration.ofDays(8));
            await().atMost(PATIENCE)
                    .until(() -> refused(node, "ExpireKeyMaterial") > 0 && refused(node, "DestroyKey") > 0);

            assertThat(count(node, "key_material")).as("material of both keys").isEqualTo(2);
            assertThat(count(node, changes)).isZero();
            assertThat(count(node, "deletion_unconfirmed")).isZero();
            assertThat(keys.state(doomed)).isEqualTo("PendingDeletion");
            assertThat(keys.use(expiring)).as("expired all the same").isEqualTo("Rejected.PendingImport");

            Files.delete(anchor());
            Files.move(aside, anchor());
            await().atMost(PATIENCE).until(() -> count(node, changes) == 2);
            assertThat(count(node, "key_material")).isZero();
            assertThat(announced().stream().map(each -> each.cause() + " " + each.keyId()))
                    .containsExactlyInAnyOrder(
                            DeletionLedgerEntry.Cause.EXPIRED + " " + expiring.id(),
                            DeletionLedgerEntry.Cause.DESTROYED + " " + doomed.id());
        }
    }

    @Test
    void what_a_node_could_not_confirm_any_more_the_next_one_confirms() {
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            String request;
            try (TestNode node = node(database)) {
                Kms kms = new Kms(node);
                MadeKey key = new Keys(kms).imported(Keys.material());
                await().atMost(PATIENCE).until(() -> !lines().isEmpty());
                // Without its place in the log no checkpoint covers what comes now.
                node.sql()
                        .sql("revoke insert on audit_index from " + database.serviceUser())
                        .update();
                request = kms.call("DeleteKeyMaterial", "KeyId", key.id())
                        .ok()
                        .requestId()
                        .toString();
                assertThat(announced()).hasSize(1);
            }
            assertThat(confirmed()).isEmpty();
            grant(database);
            try (TestNode node = node(database)) {
                assertThat(node.bean(Quarantine.class).why()).isEmpty();
                await().atMost(PATIENCE).until(() -> confirmed().size() == 1);
                assertThat(confirmed()).containsExactly(announced().get(0).confirmed(indexOf(node, request)));
                await().atMost(PATIENCE).until(() -> count(node, "deletion_unconfirmed") == 0);
            }
        }
    }

    private static void grant(TestDatabase database) {
        JdbcClient.create(new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()))
                .sql("grant insert on audit_index to " + database.serviceUser())
                .update();
    }

    private static long indexOf(TestNode node, String request) {
        return node.sql()
                .sql("select log_index from audit_index join audit_record using (recorded_at, record_id)"
                        + " where request_id = ?::uuid")
                .param(request)
                .query(Long.class)
                .single();
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
