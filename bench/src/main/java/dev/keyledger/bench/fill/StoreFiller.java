package dev.keyledger.bench.fill;

import dev.keyledger.api.adapter.vault.VaultKeys;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.WrappingKeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.sql.DataSource;

/**
 * Fills a store by bulk loading, with the rows that the service would have written. The keys' instants lie one millisecond apart and end at
 * the present, so that they have an order, as keys that were created one after another.
 *
 * <p>The connections should be those of the role that owns the schema: the service's own have a time limit.
 */
public final class StoreFiller {

    private static final int KEYS_A_COMMIT = 1_000;

    private final DataSource connections;
    private final VaultKeys vault;
    private final Origination origination;

    /** A filler of one store, whose schema and identity are there already. */
    public StoreFiller(DataSource connections, VaultKeys vault, Origination origination) {
        this.connections = connections;
        this.vault = vault;
        this.origination = origination;
    }

    /**
     * Creates keys of the service's own material.
     *
     * @param progress takes how many are there, now and then
     * @return their identities
     */
    public List<String> createKeys(int count, LongConsumer progress) {
        Instant first = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusMillis(count);
        int chunks = (count + KEYS_A_COMMIT - 1) / KEYS_A_COMMIT;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<String>>> work = new ArrayList<>();
            for (int chunk = 0; chunk < chunks; chunk++) {
                int from = chunk * KEYS_A_COMMIT;
                int to = Math.min(count, from + KEYS_A_COMMIT);
                work.add(threads.submit(() -> createChunk(first, from, to)));
            }
            List<String> keyIds = new ArrayList<>(count);
            for (Future<List<String>> each : work) {
                keyIds.addAll(each.get());
                progress.accept(keyIds.size());
            }
            return keyIds;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the store cannot be filled", failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while filling", stopped);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<String> createChunk(Instant first, int from, int to) throws SQLException {
        RowMaker maker = new RowMaker(vault, origination, new SecureRandom());
        BulkRows bulk = new BulkRows();
        List<String> keyIds = new ArrayList<>();
        for (int i = from; i < to; i++) {
            KeyId keyId = KeyId.of(UUID.randomUUID());
            bulk.add(maker.createKey(keyId, new KeyVersionId(UUID.randomUUID()), first.plusMillis(i)));
            keyIds.add(keyId.value());
        }
        load(bulk);
        return keyIds;
    }

    /** Creates external keys, each with a live token and material wrapped for it. All share one wrapping key: making pairs takes too long. */
    public List<ImportTicket> createImportable(int count) {
        SecureRandom random = new SecureRandom();
        RowMaker maker = new RowMaker(vault, origination, random);
        BulkRows bulk = new BulkRows();
        List<ImportTicket> tickets = new ArrayList<>(count);
        try (WrappingKeyPair pair = WrappingKeyPair.generate(random)) {
            Cipher cipher = oaepSha256(pair.publicKey());
            Instant at = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            for (int i = 0; i < count; i++) {
                KeyId keyId = KeyId.of(UUID.randomUUID());
                RowMaker.Importable importable = maker.importable(keyId, pair, at);
                bulk.add(importable.rows());
                byte[] material = new byte[32];
                random.nextBytes(material);
                tickets.add(new ImportTicket(
                        keyId.value(),
                        importable.tokenId().toString(),
                        importable.importToken(),
                        Base64.getEncoder().encodeToString(cipher.doFinal(material))));
                if (i % KEYS_A_COMMIT == KEYS_A_COMMIT - 1) {
                    load(bulk);
                }
            }
            load(bulk);
            return tickets;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has OAEP", impossible);
        } catch (SQLException failed) {
            throw new IllegalStateException("the store cannot be filled", failed);
        }
    }

    private static Cipher oaepSha256(byte[] subjectPublicKeyInfo) throws GeneralSecurityException {
        PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo));
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                key,
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return cipher;
    }

    private void load(BulkRows bulk) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            bulk.load(connection);
            connection.commit();
        }
    }
}
