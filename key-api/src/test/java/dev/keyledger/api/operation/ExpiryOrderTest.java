package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.adapter.journal.KeyLookup;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Material expires by itself, at an instant between two events. Once anybody was told so, nobody is told otherwise, although a change that was
 * decided before that instant may commit after it (ADR 0009).
 */
class ExpiryOrderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LIFE = Duration.ofHours(1);

    private static TestNode node;
    private static Kms kms;
    private static Keys keys;

    @BeforeAll
    static void start() {
        node = TestNode.with().testClock().start();
        // Nobody else records an expiry here.
        NodeWorld.withoutTimers(node);
        kms = new Kms(node);
        keys = new Keys(kms);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void pass(Duration pause) {
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(pause));
        clock.refresh();
    }

    /** An enabled key whose material was imported without expiry first, and then again with one. */
    private static MadeKey expiring() {
        MadeKey key = keys.imported(Keys.material());
        long expiry = node.bean(StoreClock.class).now().plus(LIFE).getEpochSecond();
        IssuedParameters parameters = keys.parameters(key.id());
        keys.importWith(parameters, parameters.wrap(key.material()), "KeyMaterialExpireUnix", String.valueOf(expiry))
                .ok();
        return key;
    }

    /** The same, and its material has expired unrecorded. */
    private static MadeKey lapsed() {
        MadeKey key = expiring();
        pass(LIFE);
        return key;
    }

    /** A change that was decided in time and is about to commit: the key has its material for ever, by the event of its first import. */
    private static final class Late implements AutoCloseable {

        private final Connection connection;

        Late(MadeKey key) throws SQLException {
            DriverManagerDataSource owner = new DriverManagerDataSource(
                    node.database().url(),
                    node.database().ownerUser(),
                    node.database().ownerPassword());
            connection = owner.getConnection();
            connection.setAutoCommit(false);
            JdbcClient sql = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            sql.sql("""
                            insert into domain_event (event_identifier, aggregate_identifier, sequence_number, aggregate_type, time_stamp,
                                payload_type, payload_revision, payload, meta_data)
                            select :id, aggregate_identifier,
                                (select max(sequence_number) + 1 from domain_event where aggregate_identifier = :key),
                                aggregate_type, time_stamp, payload_type, payload_revision, payload, meta_data
                            from domain_event
                            where aggregate_identifier = :key and payload_type = 'keyledger.key.material-imported'
                            order by sequence_number limit 1
                            """)
                    .param("id", UUID.randomUUID().toString())
                    .param("key", key.id())
                    .update();
            sql.sql("update key_state set version = version + 1, expires_at = null where key_id = ?::uuid")
                    .param(key.id())
                    .update();
        }

        void commit() throws SQLException {
            connection.commit();
        }

        void giveUp() throws SQLException {
            connection.rollback();
        }

        @Override
        public void close() throws SQLException {
            giveUp();
            connection.close();
        }
    }

    private static void awaitWaiting() {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> node.sql()
                        .sql("select exists (select from pg_locks where not granted and locktype = 'transactionid')")
                        .query(Boolean.class)
                        .single());
    }

    /** Calls while a late change holds the key's row, and lets it commit only when the call waits for it. */
    private static Reply overtaken(MadeKey key, Supplier<Reply> call) throws Exception {
        try (Late change = new Late(key)) {
            CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(call);
            awaitWaiting();
            change.commit();
            return reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void a_use_of_remembered_material_that_lapsed_waits_for_a_change_decided_in_time() throws Exception {
        MadeKey key = lapsed();

        overtaken(key, () -> kms.call("Encrypt", "KeyId", key.id(), "Plaintext", Keys.HELLO))
                .ok();
    }

    @Test
    void a_use_of_material_that_is_not_remembered_waits_for_it_too() throws Exception {
        MadeKey key = lapsed();
        node.bean(KeyLookup.class).forget(new KeyId(key.id()));

        overtaken(key, () -> kms.call("Decrypt", "CiphertextBlob", key.blob())).ok();
    }

    @Test
    void a_re_encryption_waits_for_both_of_its_keys() throws Exception {
        MadeKey source = keys.generated();
        MadeKey destination = lapsed();

        overtaken(
                        destination,
                        () -> kms.call(
                                "ReEncrypt", "CiphertextBlob", source.blob(), "DestinationKeyId", destination.id()))
                .ok();
    }

    @Test
    void a_description_waits_for_it_too() throws Exception {
        MadeKey key = lapsed();

        Reply described = overtaken(key, () -> kms.call("DescribeKey", "KeyId", key.id()));

        assertThat(described.ok().text("KeyMetadata.KeyState")).isEqualTo("Enabled");
        assertThat(described.text("KeyMetadata.MaterialExpireTime")).isEmpty();
    }

    @Test
    void a_refusal_of_a_change_waits_for_it_too_and_is_taken_back() throws Exception {
        MadeKey key = lapsed();

        overtaken(key, () -> kms.call("EnableKey", "KeyId", key.id())).ok();
    }

    @Test
    void a_change_that_is_given_up_has_changed_nothing() throws Exception {
        MadeKey key = lapsed();

        CompletableFuture<Reply> enable;
        CompletableFuture<Reply> use;
        try (Late change = new Late(key)) {
            enable = CompletableFuture.supplyAsync(() -> kms.call("EnableKey", "KeyId", key.id()));
            use = CompletableFuture.supplyAsync(() -> kms.call("Encrypt", "KeyId", key.id(), "Plaintext", Keys.HELLO));
            awaitWaiting();
            change.giveUp();
        }

        enable.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).refused(409, "Rejected.StateModifiedFailed");
        use.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).refused(409, "Rejected.PendingImport");
    }

    @Test
    void a_change_decided_before_the_expiry_is_decided_anew_if_the_expiry_comes_before_its_commit() {
        MadeKey key = expiring();
        AtomicBoolean passed = new AtomicBoolean();
        AuditDraft draft = new AuditDraft(UUID.randomUUID().toString(), "127.0.0.1", "test").action("DisableKey");

        Refusal refusal = catchThrowableOfType(
                Refusal.class,
                () -> node.bean(LedgerTransaction.class)
                        .<@Nullable Object>execute(draft, List.of(key.id()), commands -> {
                            commands.send(new DisableKey(new KeyId(key.id())));
                            if (!passed.getAndSet(true)) {
                                // On a thread of its own, because this one has a transaction open.
                                CompletableFuture.runAsync(() -> pass(LIFE)).join();
                            }
                            return null;
                        }));

        assertThat(refusal.code()).isEqualTo(ErrorCode.STATE_MODIFIED_FAILED);
        assertThat(keys.state(key)).isEqualTo("PendingImport");
        assertThat(node.sql()
                        .sql("select payload_type from domain_event where aggregate_identifier = :key")
                        .param("key", key.id())
                        .query(String.class)
                        .list())
                .doesNotContain("keyledger.key.disabled");
    }
}
