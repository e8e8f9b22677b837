package dev.keyledger.api.adapter.vault;

import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;
import java.time.Instant;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** The domain keys of a store, opened by the service's own class, for rows that are made without the service. Thread-safe. */
public final class VaultKeys {

    private final DomainKeys keys;

    /** Opens the domain keys, or makes them for a new store. */
    public VaultKeys(DataSource store, RootKeyProvider root, SecureRandom random) {
        this.keys = new DomainKeys(JdbcClient.create(store), root, random, new JdbcTransactionManager(store));
    }

    /** Root generation under which material is wrapped. */
    public int materialGeneration() {
        return keys.materialGeneration();
    }

    /** A copy of the key that wraps material, for the caller to close. */
    public SecretBytes materialKey() {
        return keys.open(DomainKeyPurpose.MATERIAL, keys.materialGeneration());
    }

    /** Number of the key that wraps binding secrets. */
    public int bindingNumber() {
        return keys.bindingNumber();
    }

    /** A copy of the key that wraps binding secrets, for the caller to close. */
    public SecretBytes bindingKey() {
        return keys.open(DomainKeyPurpose.BINDING, keys.bindingNumber());
    }

    /** Day of the token key for tokens that are issued at this instant. */
    public static int tokenDay(Instant issuedAt) {
        return JdbcImportSessions.dayOf(issuedAt);
    }

    /** A copy of the token key of a day, made if there is none, for the caller to close. */
    public SecretBytes tokenKey(int day) {
        return keys.openTokenKey(day);
    }
}
