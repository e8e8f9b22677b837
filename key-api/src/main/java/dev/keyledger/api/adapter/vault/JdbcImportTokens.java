package dev.keyledger.api.adapter.vault;

import dev.keyledger.crypto.ImportTokenFormat;
import dev.keyledger.crypto.WrappedMaterialDecoder;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.ImportTokens;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import dev.keyledger.time.StoreClock;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Opens import tokens and counts their failures in {@code import_session}, so that the budget holds across nodes. Thread-safe. */
@Component
class JdbcImportTokens implements ImportTokens {

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;
    private final StoreClock clock;
    private final TransactionTemplate ownTransaction;

    JdbcImportTokens(
            JdbcClient jdbc, DomainKeys domainKeys, StoreClock clock, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
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
        Session session = Optional.ofNullable(ownTransaction.execute(status -> countFailure(token)))
                .flatMap(found -> found)
                .orElseThrow(() -> Refusal.of(ErrorCode.INVALID_IMPORT_TOKEN)
                        .because("import token: its wrapping key is gone or its failures are used up"));
        try (SecretBytes tokenKey = domainKeys.open(DomainKeyPurpose.TOKEN, session.day);
                SecretBytes privateKey = ImportTokenFormat.unwrapPrivateKey(
                        tokenKey, token.share(), token.tokenId(), token.keyId(), session.wrappedPrivate)) {
            return WrappedMaterialDecoder.decode(privateKey, token.algorithm(), encrypted, token.share());
        }
    }

    /** Counted before the private operation and committed, so that neither a crash nor a second node gives more attempts. */
    private Optional<Session> countFailure(OpenedImportToken token) {
        return jdbc.sql("""
                        update import_session set failures = failures + 1
                        where token_id = :token and key_id = :key and failures < :budget
                        returning token_day, iv, wrapped_private
                        """)
                .param("token", token.tokenId().value())
                .param("key", token.keyId().asUuid())
                .param("budget", FAILURE_BUDGET)
                .query((row, number) -> new Session(
                        row.getInt("token_day"),
                        new WrappedSecret(row.getBytes("iv"), row.getBytes("wrapped_private"))))
                .optional();
    }

    @Override
    public void giveBack(ImportTokenId tokenId) {
        jdbc.sql("update import_session set failures = failures - 1 where token_id = :token and failures > 0")
                .param("token", tokenId.value())
                .update();
    }

    @Override
    public boolean exhausted(ImportTokenId tokenId) {
        return jdbc.sql("select exists (select from import_session where token_id = :token and failures >= :budget)")
                .param("token", tokenId.value())
                .param("budget", FAILURE_BUDGET)
                .query(Boolean.class)
                .single();
    }
}
