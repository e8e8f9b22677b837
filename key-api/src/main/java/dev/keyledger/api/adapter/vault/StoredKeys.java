package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.adapter.batch.BatchObserver;
import dev.keyledger.api.adapter.batch.BatchPolicy;
import dev.keyledger.api.adapter.batch.Batcher;
import dev.keyledger.api.adapter.journal.JournalConnections;
import dev.keyledger.api.adapter.journal.KeyLookup.Found;
import dev.keyledger.api.adapter.journal.KeyLookup.Present;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Keys and their wrapped material as the store has them, for uses that do not find the material in memory. Look-ups of many requests are one
 * statement. Thread-safe.
 */
@Component
class StoredKeys {

    /** As in the journal's statement, a key whose material has lapsed unrecorded is looked at again under a lock (ADR 0009). */
    private static final String SQL = """
            select wanted.n, k.version, effective_state(k.state, k.expires_at, now.at) as state,
                case when k.expires_at <= now.at then null else k.material_version end as material_version,
                coalesce(wanted.version_id, k.material_version) as version_id, x.root_generation, x.iv, x.wrapped
            from (select keyledger_now() as at offset 0) now
            cross join unnest(?::integer[], ?::uuid[], ?::uuid[]) as wanted (n, key_id, version_id)
            cross join lateral (
                select s as row, s.expires_at <= now.at as lapsed from key_state s where s.key_id = wanted.key_id offset 0) k1
            left join lateral (
                select s as row from key_state s where k1.lapsed and s.key_id = wanted.key_id for share offset 0) k2 on true
            cross join lateral (select (coalesce(k2.row, k1.row)).* offset 0) k
            left join lateral (
                select * from key_material m
                where m.key_id = wanted.key_id and m.version_id = coalesce(wanted.version_id, k.material_version) offset 0) x on true
            """;

    private final DomainKeys domainKeys;
    private final Batcher<Wanted, Stored> batcher;

    private record Wanted(KeyId keyId, @Nullable KeyVersionId versionId) {}

    /** A row; everything null if there is no such key. */
    private record Stored(
            @Nullable Present present,
            @Nullable KeyVersionId versionId,
            int rootGeneration,
            @Nullable WrappedSecret wrapped) {

        static final Stored NONE = new Stored(null, null, 0, null);
    }

    StoredKeys(JournalConnections connections, DomainKeys domainKeys) {
        this.domainKeys = domainKeys;
        this.batcher = new Batcher<>(
                "key-lookup",
                new Look(connections.dataSource()),
                BatchPolicy.DEFAULT,
                wanted -> null,
                BatchObserver.NONE);
    }

    /** The key and its material, unwrapped, for the caller to close. */
    Found find(KeyId keyId, @Nullable KeyVersionId wanted, Deadline deadline) {
        Stored stored = batcher.perform(new Wanted(keyId, wanted), deadline);
        if (stored.wrapped == null || stored.versionId == null) {
            return new Found(stored.present, stored.versionId, null);
        }
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.MATERIAL, stored.rootGeneration)) {
            return new Found(
                    stored.present,
                    stored.versionId,
                    SecretWrapping.unwrap(
                            domainKey,
                            stored.wrapped,
                            AdditionalData.material(keyId, stored.versionId, stored.rootGeneration),
                            "material of key " + keyId));
        }
    }

    private record Look(DataSource dataSource) implements Batcher.Work<Wanted, Stored> {

        @Override
        public List<Stored> perform(List<Wanted> batch) {
            Integer[] ns = new Integer[batch.size()];
            UUID[] keys = new UUID[batch.size()];
            @Nullable UUID[] versions = new UUID[batch.size()];
            for (int n = 0; n < ns.length; n++) {
                Wanted wanted = batch.get(n);
                ns[n] = n;
                keys[n] = wanted.keyId.asUuid();
                versions[n] = wanted.versionId == null ? null : wanted.versionId.value();
            }
            List<Stored> found = new ArrayList<>(batch.size());
            batch.forEach(wanted -> found.add(Stored.NONE));
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement statement = connection.prepareStatement(SQL)) {
                statement.setArray(1, connection.createArrayOf("int4", ns));
                statement.setArray(2, connection.createArrayOf("uuid", keys));
                statement.setArray(3, connection.createArrayOf("uuid", versions));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.set(rows.getInt("n"), stored(rows));
                    }
                }
                return found;
            } catch (SQLException failed) {
                throw new DataAccessResourceFailureException("keys could not be looked up", failed);
            }
        }

        private static Stored stored(ResultSet row) throws SQLException {
            byte[] wrapped = row.getBytes("wrapped");
            return new Stored(
                    new Present(
                            row.getLong("version"),
                            KeyState.ofWireName(row.getString("state")),
                            version(row, "material_version")),
                    version(row, "version_id"),
                    row.getInt("root_generation"),
                    wrapped == null ? null : new WrappedSecret(row.getBytes("iv"), wrapped));
        }

        private static @Nullable KeyVersionId version(ResultSet row, String column) throws SQLException {
            UUID value = row.getObject(column, UUID.class);
            return value == null ? null : new KeyVersionId(value);
        }

        @Override
        public boolean mayBeOfOnePiece(RuntimeException failure) {
            // Nothing in such a statement comes from a caller but ids.
            return false;
        }
    }

    @PreDestroy
    void close() {
        batcher.close();
    }
}
