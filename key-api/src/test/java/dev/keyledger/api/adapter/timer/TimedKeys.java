package dev.keyledger.api.adapter.timer;

import static org.awaitility.Awaitility.await;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.cmk.KeyCommand;
import dev.keyledger.cmk.KeyCommand.CreateKey;
import dev.keyledger.cmk.KeyCommand.ImportKeyMaterial;
import dev.keyledger.cmk.KeyCommand.IssueImportParameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeySpec;
import dev.keyledger.cmk.KeyUsage;
import dev.keyledger.cmk.Origin;
import dev.keyledger.cmk.ProtectionLevel;
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.projection.keystate.KeyStateQueries;
import dev.keyledger.projection.keystate.KeySummary;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Keys with dates, on nodes whose store time is driven. */
final class TimedKeys {

    private TimedKeys() {}

    /** Sends a command as a caller's request does, without HTTP. */
    static @Nullable Object send(TestNode node, KeyCommand command) {
        AuditDraft draft = new AuditDraft(UUID.randomUUID().toString(), "127.0.0.1", "test")
                .action(command.getClass().getSimpleName())
                .keyId(command.keyId());
        return node.bean(LedgerTransaction.class)
                .<@Nullable Object>execute(draft, List.of(command.keyId().value()), commands -> commands.send(command));
    }

    static KeyId key(TestNode node, Origin origin) {
        KeyId id = KeyId.of(UUID.randomUUID());
        send(
                node,
                new CreateKey(
                        id,
                        origin,
                        KeySpec.ALIYUN_AES_256,
                        KeyUsage.ENCRYPT_DECRYPT,
                        ProtectionLevel.SOFTWARE,
                        "",
                        "1",
                        Map.of()));
        return id;
    }

    /** An external key whose material expires so long from now. */
    static KeyId expiring(TestNode node, Duration after) {
        KeyId key = key(node, Origin.EXTERNAL);
        importMaterial(node, key, now(node).plus(after));
        return key;
    }

    static void importMaterial(TestNode node, KeyId key, Instant expiresAt) {
        ImportParameters parameters = (ImportParameters) Objects.requireNonNull(send(
                node, new IssueImportParameters(key, WrappingAlgorithm.RSAES_OAEP_SHA_256, WrappingKeySpec.RSA_2048)));
        try (SecretBytes bytes = SecretBytes.takeFrom(new byte[32])) {
            send(
                    node,
                    new ImportKeyMaterial(
                            key,
                            parameters.tokenId(),
                            new UnwrappedMaterial(bytes, true, ErrorCode.INVALID_KEY_MATERIAL, "", ""),
                            expiresAt));
        }
    }

    static Instant now(TestNode node) {
        return node.bean(StoreClock.class).now();
    }

    static void advance(TestNode node, Duration duration) {
        TestClock clock = node.bean(TestClock.class);
        new TransactionTemplate(node.bean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> clock.advance(duration));
        clock.refresh();
    }

    static Optional<KeySummary> describe(TestNode node, KeyId key) {
        return node.bean(KeyStateQueries.class).find(key);
    }

    static int events(JdbcClient sql, String name, KeyId key) {
        return sql.sql("select count(*) from domain_event where payload_type = :name and aggregate_identifier = :key")
                .param("name", "keyledger.key." + name)
                .param("key", key.value())
                .query(Integer.class)
                .single();
    }

    /** Generous, because the machine may be busy; promptness is not what these tests are about. */
    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(50)).pollInterval(Duration.ofMillis(50));
    }
}
