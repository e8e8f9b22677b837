package dev.keyledger.api.adapter.vault;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.ImportTokenFormat;
import dev.keyledger.crypto.WrappingKeyPair;
import dev.keyledger.importing.ImportParameters;
import dev.keyledger.importing.ImportSessions;
import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.OpenedImportToken;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.Writes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Import tokens: the private half of each wrapping key in {@code import_session}, everything else in the token itself. Thread-safe. */
@Component
class JdbcImportSessions implements ImportSessions {

    private final Writes writes;
    private final DomainKeys domainKeys;
    private final WrappingKeyPairs pairs;
    private final SecureRandom random;

    JdbcImportSessions(Writes writes, DomainKeys domainKeys, WrappingKeyPairs pairs, SecureRandom random) {
        this.writes = writes;
        this.domainKeys = domainKeys;
        this.pairs = pairs;
        this.random = random;
    }

    @Override
    public ImportParameters issue(
            KeyId keyId, WrappingAlgorithm algorithm, WrappingKeySpec spec, Instant issuedAt, Instant expiresAt) {
        int day = dayOf(issuedAt);
        byte[] share = new byte[ImportTokenFormat.SHARE_BYTES];
        random.nextBytes(share);
        try (WrappingKeyPair pair = pairs.take();
                SecretBytes tokenKey = domainKeys.openTokenKey(day);
                OpenedImportToken token = new OpenedImportToken(
                        new ImportTokenId(UUID.randomUUID()),
                        SecretBytes.takeFrom(share),
                        keyId,
                        algorithm,
                        ImportTokenFormat.publicKeyDigest(pair.publicKey()),
                        issuedAt,
                        expiresAt)) {
            WrappedSecret wrapped = ImportTokenFormat.wrapPrivateKey(
                    tokenKey, token.share(), token.tokenId(), keyId, pair.privateKey(), random);
            writes.add(
                    """
                    insert into import_session (token_id, key_id, token_day, iv, wrapped_private, expires_at)
                    values (?, ?, ?, ?, ?, ?)
                    """,
                    token.tokenId().value(),
                    keyId.asUuid(),
                    day,
                    wrapped.iv(),
                    wrapped.wrapped(),
                    SqlTime.of(expiresAt));
            return new ImportParameters(
                    token.tokenId(),
                    ImportTokenFormat.seal(tokenKey, day, token, random),
                    Base64.getEncoder().encodeToString(pair.publicKey()),
                    expiresAt);
        }
    }

    /** Days since 1970 in UTC. */
    static int dayOf(Instant instant) {
        return Math.toIntExact(
                Math.floorDiv(instant.getEpochSecond(), Duration.ofDays(1).toSeconds()));
    }

    @Override
    public void destroyAll(KeyId keyId) {
        writes.add("delete from import_session where key_id = ?", keyId.asUuid());
    }
}
