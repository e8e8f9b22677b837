package dev.keyledger.bench.fill;

import dev.keyledger.bench.bare.BareCommits.Work;
import dev.keyledger.bench.bare.BareCommits.Works;
import dev.keyledger.bench.fill.PlainTransaction.Execution;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.importing.ImportTokenId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;

/**
 * The same rows as requests of the service write, each request's in one plain JDBC transaction with one statement for each row: what the
 * database alone can do of a command. That they are the same rows is proved by a test.
 */
public final class PlainTransactions {

    private static final int ENCRYPTED_BYTES = 256;

    private final RowMaker maker;

    /** Takes the patterns from a maker of rows. */
    public PlainTransactions(RowMaker maker) {
        this.maker = maker;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Execution execution(
            UUID keyId, UUID versionId, UUID tokenId, long version, SplittableRandom random) {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return new Execution(
                keyId, versionId, tokenId, version, id(random), id(random).toString(), nonce);
    }

    private static UUID id(SplittableRandom random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** CreateKey of a key with material of the service's own. */
    public Works createKey() {
        List<StoreRow> pattern =
                maker.createKey(KeyId.of(UUID.randomUUID()), new KeyVersionId(UUID.randomUUID()), now());
        return () -> {
            PlainTransaction transaction = new PlainTransaction().insert(pattern);
            SplittableRandom random = new SplittableRandom();
            return connection ->
                    transaction.commit(connection, execution(id(random), id(random), id(random), 0, random));
        };
    }

    /**
     * DisableKey and EnableKey in turn.
     *
     * @param keyIds keys that are enabled and have one event; each connection takes one of them, and more than one if there are too few
     */
    public Works switchKeys(List<String> keyIds) {
        KeyId any = KeyId.of(UUID.randomUUID());
        List<StoreRow> disable = maker.switchKey(any, false, 1, now());
        List<StoreRow> enable = maker.switchKey(any, true, 1, now());
        AtomicInteger taken = new AtomicInteger();
        Map<String, Long> versions = new HashMap<>();
        return () -> {
            String key = keyIds.get(taken.getAndIncrement() % keyIds.size());
            return new Switching(
                    UUID.fromString(key), switching(disable, "Disabled"), switching(enable, "Enabled"), versions);
        };
    }

    private static PlainTransaction switching(List<StoreRow> pattern, String state) {
        return new PlainTransaction()
                .insert(pattern.subList(0, 1))
                .statement(
                        "update key_state set version = ?, state = ? where key_id = ?",
                        Execution::version,
                        execution -> state,
                        Execution::keyId)
                .insert(pattern.subList(1, pattern.size()));
    }

    /** One key that is switched off and on; its version outlives this run in a map of all keys' versions. */
    private record Switching(UUID keyId, PlainTransaction disable, PlainTransaction enable, Map<String, Long> versions)
            implements Work {

        @Override
        public void commit(Connection connection) throws SQLException {
            long version;
            synchronized (versions) {
                version = versions.merge(keyId.toString(), 1L, Long::sum);
            }
            PlainTransaction transaction = version % 2 == 1 ? disable : enable;
            transaction.commit(connection, execution(keyId, keyId, keyId, version, new SplittableRandom()));
        }
    }

    /**
     * The first ImportKeyMaterial of a key, with one RSA-2048 private operation before it.
     *
     * @param tickets keys that wait for their material; when they are used up the work fails
     */
    public Works importMaterial(Queue<ImportTicket> tickets) {
        List<StoreRow> pattern = maker.importMaterial(
                KeyId.of(UUID.randomUUID()),
                new KeyVersionId(UUID.randomUUID()),
                new ImportTokenId(UUID.randomUUID()),
                2,
                ENCRYPTED_BYTES,
                now());
        KeyPair pair = rsaPair();
        return () -> {
            PlainTransaction transaction = importing(pattern);
            SplittableRandom random = new SplittableRandom();
            PrivateOperation rsa = new PrivateOperation(pair);
            return connection -> {
                ImportTicket ticket = tickets.poll();
                if (ticket == null) {
                    throw new SQLException("no key is left to import into");
                }
                rsa.run();
                transaction.commit(
                        connection,
                        execution(
                                UUID.fromString(ticket.keyId()),
                                id(random),
                                UUID.fromString(ticket.tokenId()),
                                2,
                                random));
            };
        };
    }

    private static PlainTransaction importing(List<StoreRow> pattern) {
        List<StoreRow> vault = pattern.subList(0, 2);
        List<StoreRow> event = pattern.subList(2, 3);
        List<StoreRow> rest = pattern.subList(3, pattern.size());
        return new PlainTransaction()
                .statement(
                        "update import_session set failures = failures + 1 where token_id = ? and key_id = ?",
                        Execution::tokenId,
                        Execution::keyId)
                .insert(vault)
                .statement("update import_session set failures = failures - 1 where token_id = ?", Execution::tokenId)
                .insert(event)
                .statement(
                        "update key_state set version = ?, state = 'Enabled', primary_version = ?, material_version = ?"
                                + " where key_id = ?",
                        Execution::version,
                        Execution::versionId,
                        Execution::versionId,
                        Execution::keyId)
                .insert(rest);
    }

    private static KeyPair rsaPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048, new SecureRandom());
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has RSA", impossible);
        }
    }

    /** One private operation after another, for one thread. */
    private static final class PrivateOperation {

        private final Cipher cipher;
        private final byte[] encrypted;

        PrivateOperation(KeyPair pair) {
            try {
                Cipher forward = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                forward.init(Cipher.ENCRYPT_MODE, pair.getPublic());
                encrypted = forward.doFinal(new byte[32]);
                cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
                cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("every Java platform has RSA", impossible);
            }
        }

        void run() {
            try {
                var unused = cipher.doFinal(encrypted);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("what was just encrypted decrypts", impossible);
            }
        }
    }
}
