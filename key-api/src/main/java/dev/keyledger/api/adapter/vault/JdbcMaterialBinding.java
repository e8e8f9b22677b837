package dev.keyledger.api.adapter.vault;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.BindingTag;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.MaterialBinding;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import dev.keyledger.projection.Writes;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Binding secrets in {@code key_binding}, one per key. Thread-safe. */
@Component
class JdbcMaterialBinding implements MaterialBinding {

    private static final String PRESENT_OR_NEW = """
            with present as materialized (select binding_number, iv, wrapped from key_binding where key_id = :key),
            fresh as (
                insert into key_binding (key_id, binding_number, iv, wrapped, created_at)
                select :key, :number, :iv, :wrapped, keyledger_now() where not exists (select from present)
                on conflict do nothing
                returning binding_number, iv, wrapped)
            select * from present union all select * from fresh
            """;

    private final JdbcClient jdbc;
    private final Writes writes;
    private final DomainKeys domainKeys;
    private final SecureRandom random;

    JdbcMaterialBinding(JdbcClient jdbc, Writes writes, DomainKeys domainKeys, SecureRandom random) {
        this.jdbc = jdbc;
        this.writes = writes;
        this.domainKeys = domainKeys;
        this.random = random;
    }

    /**
     * Always the same statement, whether or not the key was bound before: how long an import takes must not tell what its material was.
     */
    @Override
    public MaterialTag tag(KeyId keyId, SecretBytes material) {
        try (SecretBytes secret = unwrap(keyId, presentOrNew(keyId))) {
            return BindingTag.of(secret, keyId, material);
        }
    }

    private record Row(int number, WrappedSecret wrapped) {}

    private Row presentOrNew(KeyId keyId) {
        byte[] fresh = new byte[BindingTag.SECRET_BYTES];
        random.nextBytes(fresh);
        int number = domainKeys.bindingNumber();
        try (SecretBytes secret = SecretBytes.takeFrom(fresh);
                SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.BINDING, number)) {
            WrappedSecret wrapped =
                    SecretWrapping.wrap(domainKey, secret, AdditionalData.binding(keyId, number), random);
            // Only if another node binds the key at this moment does neither half find a row: then the present one is
            // there on the second look.
            return jdbc.sql(PRESENT_OR_NEW)
                    .param("key", keyId.asUuid())
                    .param("number", number)
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .query(JdbcMaterialBinding::row)
                    .optional()
                    .orElseGet(() -> present(keyId));
        }
    }

    private Row present(KeyId keyId) {
        return jdbc.sql("select binding_number, iv, wrapped from key_binding where key_id = :key")
                .param("key", keyId.asUuid())
                .query(JdbcMaterialBinding::row)
                .single();
    }

    private static Row row(ResultSet columns, int index) throws SQLException {
        return new Row(
                columns.getInt("binding_number"),
                new WrappedSecret(columns.getBytes("iv"), columns.getBytes("wrapped")));
    }

    private SecretBytes unwrap(KeyId keyId, Row row) {
        try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.BINDING, row.number)) {
            return SecretWrapping.unwrap(
                    domainKey,
                    row.wrapped,
                    AdditionalData.binding(keyId, row.number),
                    "binding secret of key " + keyId);
        }
    }

    @Override
    public void destroy(KeyId keyId) {
        writes.add("delete from key_binding where key_id = ?", keyId.asUuid());
    }
}
