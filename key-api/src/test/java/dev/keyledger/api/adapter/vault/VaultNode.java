package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.adapter.rootkey.SettingRootKey;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.projection.Writes;
import dev.keyledger.time.StoreClock;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The vault of one node over a test's store. */
final class VaultNode {

    static final RootKeyProvider ROOT_KEY = rootKey(1);

    /** How many statements this node has sent, transaction control apart. */
    final AtomicInteger statements = new AtomicInteger();

    final JdbcClient jdbc;
    final PlatformTransactionManager transactions;
    final AuditRecords audit;
    final DomainKeys domainKeys;
    final JdbcKeyMaterialStore material;
    final JdbcMaterialBinding binding;
    final JdbcImportSessions sessions;
    final JdbcImportTokens tokens;
    final ImportSessionPurge purge;
    final JdbcAccessKeys accessKeys;

    VaultNode(TestStore store) {
        this(store, ROOT_KEY);
    }

    VaultNode(TestStore store, RootKeyProvider rootKey) {
        SecureRandom random = new SecureRandom();
        ApplicationContext context = store.node("vault-test", AuditRecords.class);
        jdbc = JdbcClient.create(new JdbcTemplate(context.getBean(DataSource.class)) {
            @Override
            protected void applyStatementSettings(Statement statement) throws SQLException {
                statements.incrementAndGet();
                super.applyStatementSettings(statement);
            }
        });
        transactions = context.getBean(PlatformTransactionManager.class);
        audit = context.getBean(AuditRecords.class);
        StoreClock clock = () -> jdbc.sql("select keyledger_now()")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
        Writes writes = Writes.immediate(jdbc);
        domainKeys = new DomainKeys(jdbc, rootKey, random, transactions);
        material = new JdbcKeyMaterialStore(jdbc, writes, domainKeys, random);
        binding = new JdbcMaterialBinding(jdbc, writes, domainKeys, random);
        sessions = new JdbcImportSessions(writes, domainKeys, new WrappingKeyPairs(random, 4, Duration.ZERO), random);
        tokens = new JdbcImportTokens(jdbc, writes, domainKeys, clock, transactions);
        purge = new ImportSessionPurge(jdbc, domainKeys);
        accessKeys = new JdbcAccessKeys(jdbc, domainKeys, random);
    }

    static RootKeyProvider rootKey(int firstByte) {
        byte[] key = new byte[32];
        key[0] = (byte) firstByte;
        return new SettingRootKey(false, SecretBytes.takeFrom(key), new SecureRandom());
    }

    <R> R inTransaction(Supplier<R> work) {
        return new TransactionTemplate(transactions).execute(status -> work.get());
    }

    void rolledBack(Runnable work) {
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            work.run();
            status.setRollbackOnly();
        });
    }

    static byte[] copy(SecretBytes secret) {
        return secret.use(byte[]::clone);
    }
}
