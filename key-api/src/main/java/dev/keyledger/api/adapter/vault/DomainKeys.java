package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import jakarta.annotation.PreDestroy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The few keys that wrap everything else, themselves wrapped by the root key (ADR 0003). The first start of a store makes them together with
 * the root key's check value in one transaction; later starts only read, so that a wrong root key or a lost row stops the node and is never
 * papered over with a new key. Made later are token keys, one for each day on which an import token is issued, the one that wraps the signing
 * key of the transparency log, together with that, and the one for webhooks, with the first of them.
 *
 * <p>Unwrapped keys stay in memory until the node stops, so that the root key is asked at start and once a day. Thread-safe.
 */
@Component
class DomainKeys {

    private static final byte[] CHECK_LABEL = "keyledger root key check".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES = 32;
    private static final int BINDING_NUMBER = 1;
    private static final int LOG_SIGNING_NUMBER = 1;

    /** Tokens live a day, and their keys two; one more keeps a slow request safe. */
    private static final int TOKEN_DAYS_IN_MEMORY = 3;

    private final JdbcClient jdbc;
    private final RootKeyProvider root;
    private final SecureRandom random;
    private final Map<Id, SecretBytes> unwrapped = new HashMap<>();

    private record Id(DomainKeyPurpose purpose, int number) {}

    /**
     * A stored domain key.
     *
     * @param wrapped null once it was dropped
     */
    private record Row(int rootGeneration, @Nullable WrappedSecret wrapped) {}

    /** Proves the root key and opens the domain keys, or makes all of them for a new store. */
    DomainKeys(JdbcClient jdbc, RootKeyProvider root, SecureRandom random, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.root = root;
        this.random = random;
        new TransactionTemplate(transactions).executeWithoutResult(status -> establish());
        openAll();
    }

    private void establish() {
        boolean first;
        try (SecretBytes label = SecretBytes.copyOf(CHECK_LABEL)) {
            WrappedSecret check = root.wrap(label, AdditionalData.rootCheck(root.generation()));
            // Two nodes at their first start: the second waits here for the first and then finds its row.
            first = jdbc.sql("""
                            insert into root_generation (generation, provider, check_iv, check_value, created_at)
                            select :generation, :provider, :iv, :value, keyledger_now()
                            where not exists (select from root_generation where generation <> :generation)
                              and not exists (select from domain_event)
                            on conflict do nothing
                            """)
                            .param("generation", root.generation())
                            .param("provider", root.name())
                            .param("iv", check.iv())
                            .param("value", check.wrapped())
                            .update()
                    == 1;
        }
        if (first) {
            make(DomainKeyPurpose.MATERIAL, root.generation());
            make(DomainKeyPurpose.BINDING, BINDING_NUMBER);
            make(DomainKeyPurpose.CREDENTIAL, root.generation());
        } else {
            verifyRootKey();
        }
    }

    private void verifyRootKey() {
        WrappedSecret check = jdbc.sql(
                        "select check_iv, check_value from root_generation where generation = :generation")
                .param("generation", root.generation())
                .query((row, number) -> new WrappedSecret(row.getBytes(1), row.getBytes(2)))
                .optional()
                .orElseThrow(
                        () -> new StartupFailure("This store has no record of root key generation " + root.generation()
                                + ", so the configured root key (" + root.name() + ") is the wrong root key for it."));
        try (SecretBytes opened = root.unwrap(check, AdditionalData.rootCheck(root.generation()));
                SecretBytes expected = SecretBytes.copyOf(CHECK_LABEL)) {
            if (opened.sameAs(expected)) {
                return;
            }
        } catch (SecretUnwrapException wrong) {
            // Falls through to the same sentence as a check value that opens to something else.
        }
        throw new StartupFailure("The configured root key (" + root.name()
                + ") is the wrong root key for this store; give back the one the store was made with.");
    }

    private void openAll() {
        for (Id id : List.of(
                new Id(DomainKeyPurpose.MATERIAL, root.generation()),
                new Id(DomainKeyPurpose.BINDING, BINDING_NUMBER),
                new Id(DomainKeyPurpose.CREDENTIAL, root.generation()))) {
            try {
                open(id.purpose, id.number).close();
            } catch (SecretUnwrapException damaged) {
                throw new StartupFailure(
                        "The store is damaged: its domain key \"" + id.purpose.stored()
                                + "\" is missing or does not open with the right root key; restore the database from a back-up.",
                        damaged);
            }
        }
    }

    /** Generation under which new material is wrapped. */
    int materialGeneration() {
        return root.generation();
    }

    /** Number of the key that wraps binding secrets. */
    int bindingNumber() {
        return BINDING_NUMBER;
    }

    /** Number of the key that wraps new access key secrets. */
    int credentialNumber() {
        return root.generation();
    }

    /**
     * A copy of a domain key that must exist, for the caller to close.
     *
     * @throws SecretUnwrapException if it does not exist, was dropped or does not open
     */
    SecretBytes open(DomainKeyPurpose purpose, int number) {
        Id id = new Id(purpose, number);
        return inMemory(id)
                .orElseGet(() -> unwrap(
                        id,
                        find(id).orElseThrow(() -> new SecretUnwrapException(
                                "the domain key " + purpose.stored() + " " + number + " is missing"))));
    }

    /** A copy of the token key of a day, made now if it is the day's first; joins the caller's transaction. */
    SecretBytes openTokenKey(int day) {
        Id id = new Id(DomainKeyPurpose.TOKEN, day);
        Optional<SecretBytes> known = inMemory(id);
        if (known.isPresent()) {
            return known.get();
        }
        if (find(id).isEmpty()) {
            make(DomainKeyPurpose.TOKEN, day);
        }
        return open(DomainKeyPurpose.TOKEN, day);
    }

    /** A copy of the key that is to wrap a new log's signing key, made if it is not there; joins the caller's transaction. */
    SecretBytes openForNewLog() {
        make(DomainKeyPurpose.LOG_SIGNING, LOG_SIGNING_NUMBER);
        return open(DomainKeyPurpose.LOG_SIGNING, LOG_SIGNING_NUMBER);
    }

    /** A copy of the key that is to wrap a webhook's secret, made if it is not there; joins the caller's transaction. */
    SecretBytes openForWebhooks() {
        Id id = new Id(DomainKeyPurpose.WEBHOOK, webhookNumber());
        Optional<SecretBytes> known = inMemory(id);
        if (known.isPresent()) {
            return known.get();
        }
        make(DomainKeyPurpose.WEBHOOK, webhookNumber());
        return open(DomainKeyPurpose.WEBHOOK, webhookNumber());
    }

    /** Number of the key that wraps new secrets of webhooks. */
    int webhookNumber() {
        return root.generation();
    }

    /** Number of the key that wraps a new log's signing key. */
    int logSigningNumber() {
        return LOG_SIGNING_NUMBER;
    }

    /** What is known of a day's token key. */
    enum TokenKeyState {
        /** It opens tokens. */
        LIVE,
        /** It was dropped: its tokens are expired. */
        DROPPED,
        /** There never was one: a token that names it is forged. */
        UNKNOWN
    }

    /** Whether tokens of that day can be opened. */
    TokenKeyState tokenKeyState(int day) {
        Id id = new Id(DomainKeyPurpose.TOKEN, day);
        synchronized (unwrapped) {
            if (unwrapped.containsKey(id)) {
                return TokenKeyState.LIVE;
            }
        }
        return find(id).map(row -> row.wrapped == null ? TokenKeyState.DROPPED : TokenKeyState.LIVE)
                .orElse(TokenKeyState.UNKNOWN);
    }

    /** Inserts a fresh key; one that is already there stays. */
    private void make(DomainKeyPurpose purpose, int number) {
        byte[] fresh = new byte[KEY_BYTES];
        random.nextBytes(fresh);
        try (SecretBytes key = SecretBytes.takeFrom(fresh)) {
            WrappedSecret wrapped =
                    root.wrap(key, AdditionalData.domainKey(purpose.stored(), number, root.generation()));
            jdbc.sql("""
                            insert into domain_key (purpose, key_number, root_generation, iv, wrapped, created_at)
                            values (:purpose, :number, :generation, :iv, :wrapped, keyledger_now())
                            on conflict do nothing
                            """)
                    .param("purpose", purpose.stored())
                    .param("number", number)
                    .param("generation", root.generation())
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .update();
        }
    }

    private Optional<Row> find(Id id) {
        return jdbc.sql(
                        "select root_generation, iv, wrapped from domain_key where purpose = :purpose and key_number = :number")
                .param("purpose", id.purpose.stored())
                .param("number", id.number)
                .query((row, number) -> {
                    byte[] wrapped = row.getBytes("wrapped");
                    return new Row(
                            row.getInt("root_generation"),
                            wrapped == null ? null : new WrappedSecret(row.getBytes("iv"), wrapped));
                })
                .optional();
    }

    private SecretBytes unwrap(Id id, Row row) {
        if (row.wrapped == null) {
            throw new SecretUnwrapException("the domain key " + id.purpose.stored() + " " + id.number + " was dropped");
        }
        SecretBytes key =
                root.unwrap(row.wrapped, AdditionalData.domainKey(id.purpose.stored(), id.number, row.rootGeneration));
        // A row of a transaction that rolls back is no key: what was wrapped under it would be lost.
        SecretBytes kept = key.use(SecretBytes::copyOf);
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                    if (status == STATUS_COMMITTED) {
                        keep(id, kept);
                    } else {
                        kept.close();
                    }
                }
            });
        } else {
            keep(id, kept);
        }
        return key;
    }

    private void keep(Id id, SecretBytes key) {
        synchronized (unwrapped) {
            SecretBytes older = unwrapped.put(id, key);
            if (older != null) {
                older.close();
            }
            if (id.purpose == DomainKeyPurpose.TOKEN) {
                forget(each ->
                        each.purpose == DomainKeyPurpose.TOKEN && each.number < id.number - TOKEN_DAYS_IN_MEMORY);
            }
        }
    }

    private Optional<SecretBytes> inMemory(Id id) {
        synchronized (unwrapped) {
            return Optional.ofNullable(unwrapped.get(id)).map(key -> key.use(SecretBytes::copyOf));
        }
    }

    private void forget(Predicate<Id> condition) {
        synchronized (unwrapped) {
            unwrapped.entrySet().removeIf(entry -> {
                if (condition.test(entry.getKey())) {
                    entry.getValue().close();
                    return true;
                }
                return false;
            });
        }
    }

    /** Drops the token keys of all days before this one, here and in the store; their rows stay as a memory. */
    void dropTokenKeysBefore(int day) {
        jdbc.sql("""
                        update domain_key set iv = null, wrapped = null, dropped_at = keyledger_now()
                        where purpose = 'token' and dropped_at is null and key_number < :day
                        """).param("day", day).update();
        forget(id -> id.purpose == DomainKeyPurpose.TOKEN && id.number < day);
    }

    @PreDestroy
    void wipe() {
        forget(id -> true);
    }
}
