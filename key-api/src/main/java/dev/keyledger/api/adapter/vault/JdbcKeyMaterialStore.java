package dev.keyledger.api.adapter.vault;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.KeyMaterialStore;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.projection.Writes;
import java.security.SecureRandom;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Key material in {@code key_material}, wrapped under the material key of a root generation. Thread-safe. */
@Component
class JdbcKeyMaterialStore implements KeyMaterialStore {

    private static final int MATERIAL_BYTES = 32;

    private final JdbcClient jdbc;
    private final Writes writes;
    private final DomainKeys domainKeys;
    private final SecureRandom random;

    JdbcKeyMaterialStore(JdbcClient jdbc, Writes writes, DomainKeys domainKeys, SecureRandom random) {
        this.jdbc = jdbc;
        this.writes = writes;
        this.domainKeys = domainKeys;
        this.random = random;
    }

    @Override
    public void generate(KeyId keyId, KeyVersionId versionId) {
        byte[] fresh = new byte[MATERIAL_BYTES];
        random.nextBytes(fresh);
        try (SecretBytes material = SecretBytes.takeFrom(fresh)) {
            put(keyId, versionId, material);
        }
    }

    @Override
    public void put(KeyId keyId, KeyVersionId versionId, SecretBytes material) {
        if (material.length() != MATERIAL_BYTES) {
            throw new IllegalArgumentException("key material has " + MATERIAL_BYTES + " bytes");
        }
        int generation = domainKeys.materialGeneration();
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.MATERIAL, generation)) {
            WrappedSecret wrapped = SecretWrapping.wrap(
                    domainKey, material, AdditionalData.material(keyId, versionId, generation), random);
            writes.add("""
                    insert into key_material (key_id, version_id, root_generation, iv, wrapped, created_at)
                    values (?, ?, ?, ?, ?, keyledger_now())
                    on conflict do nothing
                    """, keyId.asUuid(), versionId.value(), generation, wrapped.iv(), wrapped.wrapped());
        }
    }

    private record Row(int rootGeneration, WrappedSecret wrapped) {}

    @Override
    public Optional<SecretBytes> read(KeyId keyId, KeyVersionId versionId) {
        return jdbc.sql(
                        "select root_generation, iv, wrapped from key_material where key_id = :key and version_id = :version")
                .param("key", keyId.asUuid())
                .param("version", versionId.value())
                .query((row, number) -> new Row(
                        row.getInt("root_generation"), new WrappedSecret(row.getBytes("iv"), row.getBytes("wrapped"))))
                .optional()
                .map(row -> {
                    try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.MATERIAL, row.rootGeneration)) {
                        return SecretWrapping.unwrap(
                                domainKey,
                                row.wrapped,
                                AdditionalData.material(keyId, versionId, row.rootGeneration),
                                "material of key " + keyId);
                    }
                });
    }

    @Override
    public void destroy(KeyId keyId) {
        writes.add("delete from key_material where key_id = ?", keyId.asUuid());
    }
}
