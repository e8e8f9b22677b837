package dev.keyledger.api.adapter.vault;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.keyledger.api.adapter.journal.RequestNonce;
import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.auth.AccessKeyRegistry;
import dev.keyledger.api.auth.AccessKeys;
import dev.keyledger.api.auth.NonceProbe;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.annotation.PreDestroy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Access keys in {@code access_key}, each secret wrapped and bound to its id. A revocation holds at once: what is remembered is never more
 * than the secret. Thread-safe. */
@Component
class JdbcAccessKeys implements AccessKeys, AccessKeyRegistry {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final String ID_PREFIX = "KL";
    private static final int ID_RANDOM_CHARACTERS = 22;

    /** 238 bits of 62 characters. */
    private static final int SECRET_CHARACTERS = 40;

    private static final int MAX_REMEMBERED = 1_000;
    private static final Duration MEMORY = Duration.ofSeconds(60);

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;
    private final SecureRandom random;

    JdbcAccessKeys(JdbcClient jdbc, DomainKeys domainKeys, SecureRandom random) {
        this.jdbc = jdbc;
        this.domainKeys = domainKeys;
        this.random = random;
    }

    /** Remembered for the requests whose record asks the store again; bounded, short, wiped when it leaves. */
    private final Cache<String, Remembered> memory = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(MEMORY)
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .removalListener((@Nullable String id, @Nullable Remembered key, RemovalCause cause) -> {
                if (key != null) {
                    key.wipe();
                }
            })
            .build();

    /** The secret is whole or gone, also while another thread wipes it. */
    private static final class Remembered {

        private final String principal;
        private @Nullable SecretBytes secret;

        Remembered(AccessKey key) {
            this.principal = key.principal();
            this.secret = key.secret().use(SecretBytes::copyOf);
        }

        synchronized @Nullable AccessKey recall(String id) {
            return secret == null
                    ? null
                    : new AccessKey(id, principal, AccessKey.Status.ENABLED, secret.use(SecretBytes::copyOf), false);
        }

        synchronized void wipe() {
            if (secret != null) {
                secret.close();
                secret = null;
            }
        }
    }

    @Override
    public Optional<AccessKey> recall(String accessKeyId) {
        Remembered remembered = memory.getIfPresent(accessKeyId);
        AccessKey recalled = remembered == null ? null : remembered.recall(accessKeyId);
        if (recalled != null) {
            return Optional.of(recalled);
        }
        Optional<AccessKey> found = find(accessKeyId, null);
        found.filter(key -> key.status() == AccessKey.Status.ENABLED)
                .ifPresent(key -> memory.put(key.id(), new Remembered(key)));
        return found;
    }

    @PreDestroy
    void wipe() {
        memory.invalidateAll();
    }

    private record Row(
            String id, String principal, String status, int number, WrappedSecret secret, boolean nonceSeen) {}

    @Override
    public Optional<AccessKey> find(String accessKeyId, @Nullable NonceProbe nonce) {
        if (!plainAscii(accessKeyId)) {
            // Not a form an id can have, and PostgreSQL's text cannot even hold all of it.
            return Optional.empty();
        }
        RequestNonce probe = nonce == null
                ? new RequestNonce(new byte[0], Instant.EPOCH.atOffset(ZoneOffset.UTC))
                : RequestNonce.of(accessKeyId, nonce.nonce(), nonce.signedAt());
        return jdbc.sql("""
                        select access_key_id, principal, status, credential_number, iv, wrapped_secret,
                            exists (select from request_nonce where nonce_hash = :hash and signed_hour = :hour) as nonce_seen
                        from access_key where access_key_id = :id
                        """)
                .param("id", accessKeyId)
                .param("hash", probe.hash())
                .param("hour", probe.signedHour())
                .query((row, number) -> new Row(
                        row.getString("access_key_id"),
                        row.getString("principal"),
                        row.getString("status"),
                        row.getInt("credential_number"),
                        new WrappedSecret(row.getBytes("iv"), row.getBytes("wrapped_secret")),
                        row.getBoolean("nonce_seen")))
                .optional()
                .map(row -> new AccessKey(row.id, row.principal, status(row.status), unwrap(row), row.nonceSeen));
    }

    private static boolean plainAscii(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    private SecretBytes unwrap(Row row) {
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.CREDENTIAL, row.number)) {
            return SecretWrapping.unwrap(
                    domainKey, row.secret, AdditionalData.accessKey(row.id, row.number), "secret of an access key");
        }
    }

    @Override
    public NewAccessKey create(String principal, String createdBy) {
        // Two at the same moment would both see room for one.
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('access_key of ' || :principal, 0))")
                .param("principal", principal)
                .query((row, number) -> number)
                .list();
        int existing = jdbc.sql("select count(*) from access_key where principal = :principal")
                .param("principal", principal)
                .query(Integer.class)
                .single();
        if (existing >= MAX_PER_PRINCIPAL) {
            throw Refusal.of(ErrorCode.LIMIT_EXCEEDED).because("the principal has " + existing + " access keys");
        }
        String id = randomId();
        String secret = randomSecret();
        try (SecretBytes bytes = SecretBytes.takeFrom(secret.getBytes(StandardCharsets.UTF_8))) {
            insert(id, bytes, principal, createdBy, false);
        }
        return new NewAccessKey(entry(id).orElseThrow(), secret);
    }

    /** A fresh access key id. */
    String randomId() {
        return ID_PREFIX + randomText(ID_RANDOM_CHARACTERS);
    }

    /** A fresh secret; text, because its one use is to be shown or written down. */
    String randomSecret() {
        return randomText(SECRET_CHARACTERS);
    }

    private String randomText(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** Inserts an enabled access key; joins the caller's transaction. */
    void insert(String id, SecretBytes secret, String principal, String createdBy, boolean bootstrap) {
        int number = domainKeys.credentialNumber();
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.CREDENTIAL, number)) {
            WrappedSecret wrapped =
                    SecretWrapping.wrap(domainKey, secret, AdditionalData.accessKey(id, number), random);
            jdbc.sql("""
                            insert into access_key (access_key_id, principal, status, bootstrap, credential_number, iv,
                                wrapped_secret, created_at, created_by)
                            values (:id, :principal, 'Active', :bootstrap, :number, :iv, :wrapped, keyledger_now(), :createdBy)
                            """)
                    .param("id", id)
                    .param("principal", principal)
                    .param("bootstrap", bootstrap)
                    .param("number", number)
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .param("createdBy", createdBy)
                    .update();
        }
    }

    private static final String ENTRY =
            "select access_key_id, principal, status, bootstrap, created_at, created_by from access_key ";

    private Optional<Entry> entry(String id) {
        return jdbc.sql(ENTRY + "where access_key_id = :id")
                .param("id", id)
                .query((row, number) -> entry(row))
                .optional();
    }

    @Override
    public List<Entry> list(@Nullable String afterId, int limit) {
        // Bytes order, so that a page's end means the same on every server whatever its collation.
        return jdbc.sql(
                        ENTRY
                                + "where access_key_id collate \"C\" > :after order by access_key_id collate \"C\" limit :limit")
                .param("after", afterId == null ? "" : afterId)
                .param("limit", limit)
                .query((row, number) -> entry(row))
                .list();
    }

    /** The bootstrap access key, if there is one. */
    Optional<Entry> bootstrap() {
        return jdbc.sql(ENTRY + "where bootstrap")
                .query((row, number) -> entry(row))
                .optional();
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("access_key_id"),
                row.getString("principal"),
                status(row.getString("status")),
                row.getBoolean("bootstrap"),
                row.getTimestamp("created_at").toInstant(),
                row.getString("created_by"));
    }

    @Override
    public boolean anotherIsEnabled(String accessKeyId) {
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('the last access key', 0))")
                .query((row, number) -> number)
                .list();
        return jdbc.sql("select exists (select from access_key where status = 'Active' and access_key_id <> :id)")
                .param("id", accessKeyId)
                .query(Boolean.class)
                .single();
    }

    @Override
    public boolean setStatus(String accessKeyId, AccessKey.Status status) {
        return plainAscii(accessKeyId)
                && jdbc.sql("update access_key set status = :status where access_key_id = :id")
                                .param("status", stored(status))
                                .param("id", accessKeyId)
                                .update()
                        == 1;
    }

    @Override
    public boolean delete(String accessKeyId) {
        return plainAscii(accessKeyId)
                && jdbc.sql("delete from access_key where access_key_id = :id")
                                .param("id", accessKeyId)
                                .update()
                        == 1;
    }

    private static String stored(AccessKey.Status status) {
        return switch (status) {
            case ENABLED -> "Active";
            case DISABLED -> "Inactive";
        };
    }

    private static AccessKey.Status status(String stored) {
        return switch (stored) {
            case "Active" -> AccessKey.Status.ENABLED;
            case "Inactive" -> AccessKey.Status.DISABLED;
            default -> throw new IllegalStateException("unknown status of an access key");
        };
    }
}
