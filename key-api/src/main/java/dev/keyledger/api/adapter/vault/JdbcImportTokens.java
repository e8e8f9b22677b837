package dev.keyledger.api.adapter.vault;

import dev.keyledger.crypto.ImportTokenFormat;
import dev.keyledger.crypto.WrappedMaterialDecoder;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.ImportTokens;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.projection.Writes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Opens import tokens and counts their failures in {@code import_session}, so that the budget holds across nodes. Thread-safe. */
@Component
class JdbcImportTokens implements ImportTokens {

    /** No request lives longer: what began before has ended, with its node perhaps. */
    private static final String LONGEST_IMPORT = "1 minute";

    /** How often and how long an import waits for those in progress elsewhere, each of which takes some milliseconds. */
    private static final int BEGIN_ATTEMPTS = 10;

    private static final int OTHERS_MILLIS = 50;

    private final JdbcClient jdbc;
    private final Writes writes;
    private final DomainKeys domainKeys;
    private final StoreClock clock;
    private final TransactionTemplate ownTransaction;

    JdbcImportTokens(
            JdbcClient jdbc,
            Writes writes,
            DomainKeys domainKeys,
            StoreClock clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.writes = writes;
        this.domainKeys = domainKeys;
        this.clock = clock;
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public OpenedImportToken open(String importToken) {
        ImportTokenFormat.Sealed sealed = ImportTokenFormat.parse(importToken);
        switch (domainKeys.tokenKeyState(sealed.day())) {
            case UNKNOWN -> throw Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN).because("no token key of that day");
            case DROPPED -> throw expired("its token key was dropped");
            case LIVE -> {
                // Opened below.
            }
        }
        OpenedImportToken token;
        try (SecretBytes tokenKey = domainKeys.open(DomainKeyPurpose.TOKEN, sealed.day())) {
            token = ImportTokenFormat.open(tokenKey, sealed);
        }
        if (!clock.now().isBefore(token.expiresAt())) {
            token.close();
            throw expired("expired at " + token.expiresAt());
        }
        return token;
    }

    private static Refusal expired(String internalReason) {
        return Refusal.of(ErrorCode.EXPIRED_IMPORT_TOKEN).because("import token: " + internalReason);
    }

    private record Session(int day, WrappedSecret wrappedPrivate) {}

    @Override
    public UnwrappedMaterial unwrap(OpenedImportToken token, byte[] encrypted) {
        Session session = begin(token);
        try (SecretBytes tokenKey = domainKeys.open(DomainKeyPurpose.TOKEN, session.day);
                SecretBytes privateKey = ImportTokenFormat.unwrapPrivateKey(
                        tokenKey, token.share(), token.tokenId(), token.keyId(), session.wrappedPrivate)) {
            return WrappedMaterialDecoder.decode(privateKey, token.algorithm(), encrypted, token.share());
        }
    }

    private Session begin(OpenedImportToken token) {
        for (int attempt = 1; ; attempt++) {
            Optional<Session> session = Objects.requireNonNull(ownTransaction.execute(status -> countFailure(token)));
            if (session.isPresent()) {
                return session.get();
            }
            if (!heldByOthers(token.tokenId())) {
                throw Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN)
                        .because("import token: its wrapping key is gone or its failures are used up");
            }
            if (attempt == BEGIN_ATTEMPTS) {
                throw Refusal.of(ErrorCode.THROTTLING).because("import token: too many imports at a time");
            }
            awaitOthers();
        }
    }

    /** Counted before the private operation and committed, so that neither a crash nor a second node gives more attempts. */
    private Optional<Session> countFailure(OpenedImportToken token) {
        return jdbc.sql("""
                        update import_session set failures = failures + 1, attempted_at = clock_timestamp(),
                            in_progress = 1 + case when attempted_at > clock_timestamp() - :longest::interval then in_progress else 0 end
                        where token_id = :token and key_id = :key and failures < :budget
                        returning token_day, iv, wrapped_private
                        """)
                .param("token", token.tokenId().value())
                .param("key", token.keyId().asUuid())
                .param("budget", FAILURE_BUDGET)
                .param("longest", LONGEST_IMPORT)
                .query((row, number) -> new Session(
                        row.getInt("token_day"),
                        new WrappedSecret(row.getBytes("iv"), row.getBytes("wrapped_private"))))
                .optional();
    }

    /** Whether the token has failures left but for imports in progress: on this node there is one at a time, on others there may be more. */
    private boolean heldByOthers(ImportTokenId tokenId) {
        return jdbc.sql("""
                        select exists (
                            select from import_session
                            where token_id = :token and failures - in_progress < :budget
                              and attempted_at > clock_timestamp() - :longest::interval)
                        """)
                .param("token", tokenId.value())
                .param("budget", FAILURE_BUDGET)
                .param("longest", LONGEST_IMPORT)
                .query(Boolean.class)
                .single();
    }

    private static void awaitOthers() {
        try {
            Thread.sleep(OTHERS_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting for other imports");
        }
    }

    @Override
    public void succeeded(ImportTokenId tokenId) {
        writes.add("""
                update import_session set failures = greatest(failures - 1, 0), in_progress = greatest(in_progress - 1, 0)
                where token_id = ?
                """, tokenId.value());
    }

    @Override
    public boolean failed(ImportTokenId tokenId) {
        return jdbc.sql("""
                        update import_session set in_progress = greatest(in_progress - 1, 0)
                        where token_id = :token
                        returning failures - in_progress >= :budget
                        """)
                .param("token", tokenId.value())
                .param("budget", FAILURE_BUDGET)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }
}
