package dev.keyledger.api.adapter.vault;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.BindingTag;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.MaterialBinding;
import dev.keyledger.material.MaterialTag;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import java.security.SecureRandom;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Binding secrets in {@code key_binding}, one per key. Thread-safe. */
@Component
class JdbcMaterialBinding implements MaterialBinding {

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;
    private final SecureRandom random;

    JdbcMaterialBinding(JdbcClient jdbc, DomainKeys domainKeys, SecureRandom random) {
        this.jdbc = jdbc;
        this.domainKeys = domainKeys;
        this.random = random;
    }

    /**
     * Always the same two statements, whether or not the key was bound before: how long an import takes must not tell what its material was.
     */
    @Override
    public MaterialTag tag(KeyId keyId, SecretBytes material) {
        insertIfAbsent(keyId);
        try (SecretBytes secret = read(keyId)) {
            return BindingTag.of(secret, keyId, material);
        }
    }

    private void insertIfAbsent(KeyId keyId) {
        byte[] fresh = new byte[BindingTag.SECRET_BYTES];
        random.nextBytes(fresh);
        int number = domainKeys.bindingNumber();
        try (SecretBytes secret = SecretBytes.takeFrom(fresh);
                SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.BINDING, number)) {
            WrappedSecret wrapped =
                    SecretWrapping.wrap(domainKey, secret, AdditionalData.binding(keyId, number), random);
            jdbc.sql("""
                            insert into key_binding (key_id, binding_number, iv, wrapped, created_at)
                            values (:key, :number, :iv, :wrapped, keyledger_now())
                            on conflict do nothing
                            """)
                    .param("key", keyId.asUuid())
                    .param("number", number)
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .update();
        }
    }

    private record Row(int number, WrappedSecret wrapped) {}

    private SecretBytes read(KeyId keyId) {
        Row row = jdbc.sql("select binding_number, iv, wrapped from key_binding where key_id = :key")
                .param("key", keyId.asUuid())
                .query((columns, n) -> new Row(
                        columns.getInt("binding_number"),
                        new WrappedSecret(columns.getBytes("iv"), columns.getBytes("wrapped"))))
                .single();
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
        jdbc.sql("delete from key_binding where key_id = :key")
                .param("key", keyId.asUuid())
                .update();
    }
}
