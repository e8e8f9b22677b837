package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.startup.Settings;
import dev.keyledger.api.startup.StartupFailure;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.evidence.note.Ed25519;
import dev.keyledger.evidence.note.NoteSigner;
import dev.keyledger.evidence.note.VerifierKey;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.SecretUnwrapException;
import dev.keyledger.material.WrappedSecret;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The name of this store's transparency log and the key it signs with (ADR 0016). The first start makes both in one transaction; later ones
 * read them, so that a log never goes on under another name or key.
 */
@Component
public class LogSigningKey {

    private static final Logger LOG = LoggerFactory.getLogger(LogSigningKey.class);

    /** Reserved by RFC 2606 for names that exist nowhere, so a log that nobody named is mistaken for no other. */
    private static final String UNNAMED = ".keyledger.invalid";

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;
    private final SecureRandom random;
    private final NoteSigner signer;

    /**
     * A stored identity.
     *
     * @param publicKey lower-case hexadecimal
     */
    private record Row(String origin, String publicKey, int domainKeyNumber, WrappedSecret seed) {}

    /**
     * Reads the key, or makes it with the name of the settings.
     *
     * @throws StartupFailure if the settings name another log, or the key does not open
     */
    LogSigningKey(
            JdbcClient jdbc,
            DomainKeys domainKeys,
            Settings settings,
            StoreIdentity store,
            SecureRandom random,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.domainKeys = domainKeys;
        this.random = random;
        Optional<String> wanted = settings.log().origin();
        new TransactionTemplate(transactions)
                .executeWithoutResult(status -> establish(wanted.orElse(store.storeId() + UNNAMED)));
        Row row = find().orElseThrow();
        if (wanted.isPresent() && !wanted.get().equals(row.origin)) {
            throw new StartupFailure(
                    "KEYLEDGER_LOG_ORIGIN is " + wanted.get() + " but the log of this store was begun as " + row.origin
                            + "; the origin is fixed at the first start.");
        }
        signer = open(row);
        // In the log of every start, where an auditor may find it apart from the database.
        LOG.info("audit log: {}", signer.verifierKey().text());
    }

    private void establish(String origin) {
        // Two nodes at their first start: the second waits here for the first and then finds its row.
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('keyledger.log', 0))")
                .query((row, number) -> number)
                .list();
        if (find().isPresent()) {
            return;
        }
        KeyPair made = newKeyPair();
        try (SecretBytes domainKey = domainKeys.openForNewLog();
                SecretBytes seed = SecretBytes.takeFrom(
                        ((EdECPrivateKey) made.getPrivate()).getBytes().orElseThrow())) {
            int number = domainKeys.logSigningNumber();
            WrappedSecret wrapped =
                    SecretWrapping.wrap(domainKey, seed, AdditionalData.logSigning(origin, number), random);
            jdbc.sql("""
                            insert into log_identity (origin, public_key, domain_key_number, iv, wrapped_seed, created_at)
                            values (:origin, :publicKey, :number, :iv, :wrapped, keyledger_now())
                            """)
                    .param("origin", origin)
                    .param("publicKey", Ed25519.encoded(made.getPublic()))
                    .param("number", number)
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .update();
        }
    }

    private KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Java has Ed25519 since 15", impossible);
        }
    }

    private Optional<Row> find() {
        return jdbc.sql(
                        "select origin, encode(public_key, 'hex'), domain_key_number, iv, wrapped_seed from log_identity")
                .query((row, number) -> new Row(
                        row.getString(1),
                        row.getString(2),
                        row.getInt(3),
                        new WrappedSecret(row.getBytes(4), row.getBytes(5))))
                .optional();
    }

    private NoteSigner open(Row row) {
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.LOG_SIGNING, row.domainKeyNumber);
                SecretBytes seed = SecretWrapping.unwrap(
                        domainKey,
                        row.seed,
                        AdditionalData.logSigning(row.origin, row.domainKeyNumber),
                        "the signing key of the audit log")) {
            return seed.use(bytes -> new NoteSigner(
                    VerifierKey.of(row.origin, HexFormat.of().parseHex(row.publicKey)), Ed25519.privateKey(bytes)));
        } catch (SecretUnwrapException | IllegalArgumentException damaged) {
            throw new StartupFailure(
                    "The store is damaged: the signing key of its audit log does not open with the right root key, or is not that of "
                            + row.origin + "; restore the database from a back-up.",
                    damaged);
        }
    }

    /** Signs checkpoints; its key's name is the origin of the log. */
    public NoteSigner signer() {
        return signer;
    }
}
