package dev.keyledger.api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyCommand.DisableKey;
import dev.keyledger.cmk.KeyCommand.EnableKey;
import dev.keyledger.cmk.KeyCommand.UpdateKeyDescription;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.Origin;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventhandling.SimpleEventBus;
import org.axonframework.eventhandling.pooled.PooledStreamingEventProcessor;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** What the framework must do once it is put together: all in one transaction, nothing swallowed, lost races tried again. */
class LedgerTest {

    private static TestDatabase database;
    private static TestNode first;
    private static TestNode second;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        first = TestNode.with().database(database).start();
        second = TestNode.with().database(database).start();
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        database.close();
    }

    private static AuditDraft draft(KeyCommand command) {
        return new AuditDraft(UUID.randomUUID().toString(), "127.0.0.1", "test")
                .action("Test")
                .keyId(command.keyId());
    }

    private static @Nullable Object send(TestNode node, KeyCommand command) {
        return node.bean(LedgerTransaction.class)
                .<@Nullable Object>execute(
                        draft(command), List.of(command.keyId().value()), commands -> commands.send(command));
    }

    /** On a thread of its own, as on a machine of its own: on this thread it would join the transaction that is open here. */
    private static void sendElsewhere(TestNode node, KeyCommand command) {
        CompletableFuture.runAsync(() -> send(node, command)).join();
    }

    private static CreateKey create() {
        return new CreateKey(
                KeyId.of(UUID.randomUUID()),
                Origin.ALIYUN_KMS,
                KeySpec.ALIYUN_AES_256,
                KeyUsage.ENCRYPT_DECRYPT,
                ProtectionLevel.SOFTWARE,
                "",
                "1",
                Map.of());
    }

    private static int rows(String table, String condition) {
        return first.sql()
                .sql("select count(*) from " + table + " where " + condition)
                .query(Integer.class)
                .single();
    }

    @Test
    void a_framework_without_transactions_does_not_start() {
        Configuration bare = DefaultConfigurer.defaultConfiguration(false)
                .configureEmbeddedEventStore(c -> new InMemoryEventStorageEngine())
                .buildConfiguration();

        assertThatThrownBy(() -> new LedgerLifecycle(bare).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("transaction manager");
    }

    @Test
    void a_framework_without_event_store_does_not_start() {
        Configuration bare = DefaultConfigurer.defaultConfiguration(false)
                .configureTransactionManager(c -> new SpringTransactionManager(new NoWork()))
                .configureEventBus(c -> SimpleEventBus.builder().build())
                .buildConfiguration();

        assertThatThrownBy(() -> new LedgerLifecycle(bare).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("event store");
    }

    /** Transactions of nothing. */
    private static final class NoWork extends AbstractPlatformTransactionManager {
        @Override
        protected Object doGetTransaction() {
            return this;
        }

        @Override
        protected void doBegin(Object transaction, org.springframework.transaction.TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {}

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }

    @Test
    void a_view_that_throws_fails_the_command_and_nothing_is_stored() {
        CreateKey create = create();
        first.sql()
                .sql("revoke insert on key_version from " + database.serviceUser())
                .update();
        try {
            assertThatThrownBy(() -> send(first, create)).hasRootCauseInstanceOf(java.sql.SQLException.class);
        } finally {
            first.sql()
                    .sql("grant insert on key_version to " + database.serviceUser())
                    .update();
        }

        String key = create.keyId().value();
        assertThat(rows("domain_event", "aggregate_identifier = '" + key + "'")).isZero();
        assertThat(rows("key_state", "key_id = '" + key + "'")).isZero();
        assertThat(rows("key_material", "key_id = '" + key + "'")).isZero();
        assertThat(rows("audit_record", "'" + key + "' = any (key_ids)")).isZero();

        send(first, create);
        assertThat(rows("key_state", "key_id = '" + key + "'")).isEqualTo(1);
    }

    @Test
    void an_audit_record_that_cannot_be_written_undoes_the_change() {
        CreateKey create = create();
        first.sql()
                .sql("revoke insert on audit_record from " + database.serviceUser())
                .update();
        try {
            assertThatThrownBy(() -> send(first, create)).isInstanceOf(DataAccessException.class);
        } finally {
            first.sql()
                    .sql("grant insert on audit_record to " + database.serviceUser())
                    .update();
        }

        assertThat(rows("domain_event", "aggregate_identifier = '" + create.keyId() + "'"))
                .isZero();
    }

    @Test
    void a_lost_race_with_another_node_is_tried_again() {
        CreateKey create = create();
        send(first, create);
        UpdateKeyDescription mine = new UpdateKeyDescription(create.keyId(), "mine");
        AtomicInteger attempts = new AtomicInteger();

        first.bean(LedgerTransaction.class)
                .<@Nullable Object>execute(draft(mine), List.of(mine.keyId().value()), commands -> {
                    commands.send(mine);
                    // Between the decision and the commit the other node is faster, five times.
                    if (attempts.incrementAndGet() <= 5) {
                        sendElsewhere(second, new UpdateKeyDescription(create.keyId(), "theirs " + attempts));
                    }
                    return null;
                });

        assertThat(attempts).hasValue(6);
        assertThat(second.bean(KeyStateQueries.class)
                        .find(create.keyId())
                        .orElseThrow()
                        .description())
                .isEqualTo("mine");
        assertThat(rows("domain_event", "aggregate_identifier = '" + create.keyId() + "'"))
                .isEqualTo(7);
        assertThat(rows("audit_record", "'" + create.keyId() + "' = any (key_ids)"))
                .isEqualTo(7);
    }

    @Test
    void a_race_that_is_lost_six_times_is_refused() {
        CreateKey create = create();
        send(first, create);
        UpdateKeyDescription mine = new UpdateKeyDescription(create.keyId(), "mine");
        AtomicInteger attempts = new AtomicInteger();

        assertThatThrownBy(() -> first.bean(LedgerTransaction.class)
                        .<@Nullable Object>execute(
                                draft(mine), List.of(mine.keyId().value()), commands -> {
                                    commands.send(mine);
                                    sendElsewhere(
                                            second,
                                            new UpdateKeyDescription(
                                                    create.keyId(), "theirs " + attempts.incrementAndGet()));
                                    return null;
                                }))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.STATE_MODIFIED_FAILED));
        assertThat(attempts).hasValue(6);
        assertThat(second.bean(KeyStateQueries.class)
                        .find(create.keyId())
                        .orElseThrow()
                        .description())
                .isEqualTo("theirs 6");
    }

    /** Whether a description that only the stored snapshot tells is what the key has. */
    private static boolean takesDescriptionFromSnapshot(CreateKey key, String told) {
        int before = rows("domain_event", "aggregate_identifier = '" + key.keyId() + "'");
        send(first, new UpdateKeyDescription(key.keyId(), told));
        return rows("domain_event", "aggregate_identifier = '" + key.keyId() + "'") == before;
    }

    private static void rewriteSnapshot(CreateKey key, String assignment) {
        first.sql()
                .sql("update snapshot_event set " + assignment + " where aggregate_identifier = :key")
                .param("key", key.keyId().value())
                .update();
    }

    @Test
    @Timeout(120)
    void a_long_stream_is_loaded_from_its_snapshot_unless_another_version_wrote_it() {
        CreateKey key = create();
        send(first, key);
        for (int i = 0; i < LedgerConfiguration.SNAPSHOT_EVERY; i++) {
            send(first, i % 2 == 0 ? new DisableKey(key.keyId()) : new EnableKey(key.keyId()));
        }
        while (rows("snapshot_event", "aggregate_identifier = '" + key.keyId() + "'") == 0) {
            // Made on a thread of its own after the commit.
            LockSupport.parkNanos(10_000_000);
        }

        rewriteSnapshot(
                key,
                "payload = convert_to(replace(convert_from(payload, 'UTF8'), '\"description\":\"\"', '\"description\":\"told\"'), 'UTF8')");
        assertThat(takesDescriptionFromSnapshot(key, "told")).isTrue();

        rewriteSnapshot(key, "payload_revision = '3'");
        assertThat(takesDescriptionFromSnapshot(key, "told")).isFalse();
    }

    @Test
    void the_saga_has_a_processor_of_its_own_with_tokens_in_the_store() {
        PooledStreamingEventProcessor processor = first.bean(Configuration.class)
                .eventProcessingConfiguration()
                .<PooledStreamingEventProcessor>eventProcessor(LedgerConfiguration.LIFECYCLE_PROCESSOR)
                .orElseThrow();

        assertThat(processor.isRunning()).isTrue();
        assertThat(processor.isError()).isFalse();
        assertThat(rows("token_entry", "processor_name = 'key-lifecycle'")).isEqualTo(4);
        assertThat(first.bean(Configuration.class)
                        .eventProcessingConfiguration()
                        .eventProcessors())
                .containsOnlyKeys("transactional-views", "key-lifecycle");
    }
}
