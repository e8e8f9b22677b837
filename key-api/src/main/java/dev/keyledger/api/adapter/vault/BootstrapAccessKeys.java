package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.auth.AccessKeyRegistry;
import dev.keyledger.api.startup.PrivateFile;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.api.startup.Settings.BootstrapAccessKey;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The access key that may do everything: the one the settings name, or one made when the store has none at all and written to a file that
 * only its owner may read. Done after the beans are made and before the first request is taken.
 */
@Component
public class BootstrapAccessKeys implements SmartInitializingSingleton {

    /** Name of the file in the data directory. */
    public static final String FILE_NAME = "access-key.env";

    /** Name of the principal that owns the bootstrap access key. */
    public static final String PRINCIPAL = "bootstrap";

    private static final String CREATED_BY = "system";

    private final Settings settings;
    private final JdbcAccessKeys accessKeys;
    private final AuditRecords audit;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    BootstrapAccessKeys(
            Settings settings,
            JdbcAccessKeys accessKeys,
            AuditRecords audit,
            JdbcClient jdbc,
            PlatformTransactionManager transactions) {
        this.settings = settings;
        this.accessKeys = accessKeys;
        this.audit = audit;
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Where a generated access key is, or would be, written. */
    public static Path file(Settings settings) {
        return settings.dataDir().resolve(FILE_NAME);
    }

    /** @throws StartupFailure if the access key of the settings cannot be used or a generated one cannot be written */
    @Override
    public void afterSingletonsInstantiated() {
        transaction.executeWithoutResult(status -> {
            // Nodes that start together must not both make one.
            jdbc.sql("select pg_advisory_xact_lock(hashtextextended('bootstrap access key', 0))")
                    .query((row, number) -> number)
                    .list();
            settings.bootstrapAccessKey().ifPresentOrElse(this::use, this::makeIfNone);
        });
    }

    private void use(BootstrapAccessKey given) {
        Optional<AccessKeyRegistry.Entry> current = accessKeys.bootstrap();
        if (current.isPresent() && same(current.get(), given)) {
            return;
        }
        boolean newStore = accessKeys.list(null, 1).isEmpty();
        current.ifPresent(old -> accessKeys.delete(old.id()));
        if (accessKeys.find(given.id(), null).map(BootstrapAccessKeys::closed).isPresent()) {
            throw new StartupFailure(
                    "KEYLEDGER_ACCESS_KEY_ID names the access key " + given.id()
                            + ", which exists and is not the bootstrap access key; choose another id, or delete that one first.");
        }
        accessKeys.insert(given.id(), given.secret(), PRINCIPAL, CREATED_BY, true);
        if (newStore) {
            record("CreateBootstrapAccessKey", given.id());
        } else {
            record(
                    "ReplaceBootstrapAccessKey",
                    "now " + given.id()
                            + current.map(old -> ", was " + old.id()).orElse(""));
        }
    }

    private void record(String action, String reason) {
        audit.append(
                AuditDraft.ofSystem(UUID.randomUUID().toString(), action).internalReason(reason),
                Outcome.SUCCESS,
                AuditRecords.Covered.NOTHING);
    }

    private boolean same(AccessKeyRegistry.Entry current, BootstrapAccessKey given) {
        if (!current.id().equals(given.id())) {
            return false;
        }
        try (AccessKey stored = accessKeys.find(current.id(), null).orElseThrow()) {
            return stored.secret().sameAs(given.secret());
        }
    }

    private static AccessKey closed(AccessKey found) {
        found.close();
        return found;
    }

    private void makeIfNone() {
        if (!accessKeys.list(null, 1).isEmpty()) {
            return;
        }
        String id = accessKeys.randomId();
        String secret = accessKeys.randomSecret();
        try (SecretBytes bytes = SecretBytes.takeFrom(secret.getBytes(StandardCharsets.UTF_8))) {
            accessKeys.insert(id, bytes, PRINCIPAL, CREATED_BY, true);
        }
        record("CreateBootstrapAccessKey", id);
        // Before the commit: an access key in the store that nobody was told would lock everyone out.
        write(file(settings), id, secret);
    }

    private static void write(Path file, String id, String secret) {
        byte[] lines = ("KEYLEDGER_ACCESS_KEY_ID=" + id + "\nKEYLEDGER_ACCESS_KEY_SECRET=" + secret + "\n")
                .getBytes(StandardCharsets.UTF_8);
        try {
            PrivateFile.replace(file, lines);
        } catch (IOException failed) {
            throw new StartupFailure("The bootstrap access key cannot be written to " + file + ".", failed);
        } finally {
            Arrays.fill(lines, (byte) 0);
        }
    }
}
