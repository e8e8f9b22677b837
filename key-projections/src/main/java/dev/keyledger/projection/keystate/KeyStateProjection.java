package dev.keyledger.projection.keystate;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.TransactionalView;
import java.time.Instant;
import java.util.UUID;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.axonframework.eventhandling.SequenceNumber;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes {@code key_state}: one row per living key, with the sequence number of its last event as version. Consistency: the event's own
 * transaction. Rebuild: one statement per event, in order per key.
 */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class KeyStateProjection implements TransactionalView {

    private final JdbcClient jdbc;

    KeyStateProjection(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @EventHandler
    void on(KeyCreated event, @SequenceNumber long version) {
        UUID material =
                event.primaryVersion() == null ? null : event.primaryVersion().value();
        jdbc.sql("""
                        insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description, creator,
                            created_at, primary_version, material_version, deletion_protection, deletion_protection_description)
                        values (:key, :version, :state, :origin, :spec, :usage, :protection, :description, :creator,
                            :at, :material, :material, false, '')
                        """)
                .param("key", event.keyId().asUuid())
                .param("version", version)
                .param("state", material == null ? "PendingImport" : "Enabled")
                .param("origin", event.origin().toString())
                .param("spec", event.spec().toString())
                .param("usage", event.usage().toString())
                .param("protection", event.protectionLevel().toString())
                .param("description", event.description())
                .param("creator", event.creator())
                .param("at", SqlTime.of(event.at()))
                .param("material", material)
                .update();
    }

    @EventHandler
    void on(KeyDescriptionChanged event, @SequenceNumber long version) {
        jdbc.sql("update key_state set version = :version, description = :description where key_id = :key")
                .param("description", event.description())
                .param("version", version)
                .param("key", event.keyId().asUuid())
                .update();
    }

    @EventHandler
    void on(KeyEnabled event, @SequenceNumber long version) {
        setState(event.keyId(), version, "Enabled");
    }

    @EventHandler
    void on(KeyDisabled event, @SequenceNumber long version) {
        setState(event.keyId(), version, "Disabled");
    }

    @EventHandler
    void on(ImportParametersIssued event, @SequenceNumber long version) {
        touch(event.keyId(), version);
    }

    @EventHandler
    void on(ImportTokenExhausted event, @SequenceNumber long version) {
        touch(event.keyId(), version);
    }

    @EventHandler
    void on(KeyTagsChanged event, @SequenceNumber long version) {
        touch(event.keyId(), version);
    }

    @EventHandler
    void on(KeyMaterialImported event, @SequenceNumber long version) {
        jdbc.sql("""
                        update key_state set version = :version, primary_version = :material, material_version = :material,
                            expires_at = :expiresAt, state = case state when 'PendingImport' then 'Enabled' else state end
                        where key_id = :key
                        """)
                .param("material", event.versionId().value())
                .param("expiresAt", SqlTime.ofNullable(event.expiresAt()))
                .param("version", version)
                .param("key", event.keyId().asUuid())
                .update();
    }

    @EventHandler
    void on(KeyMaterialDeleted event, @SequenceNumber long version) {
        loseMaterial(event.keyId(), version);
    }

    @EventHandler
    void on(KeyMaterialExpired event, @SequenceNumber long version) {
        loseMaterial(event.keyId(), version);
    }

    @EventHandler
    void on(KeyDeletionScheduled event, @SequenceNumber long version) {
        setDeletion(event.keyId(), version, event.deleteAt(), "'PendingDeletion'");
    }

    @EventHandler
    void on(KeyDeletionCancelled event, @SequenceNumber long version) {
        setDeletion(
                event.keyId(),
                version,
                null,
                "case when material_version is null then 'PendingImport' else 'Enabled' end");
    }

    @EventHandler
    void on(DeletionProtectionChanged event, @SequenceNumber long version) {
        jdbc.sql("""
                        update key_state set version = :version, deletion_protection = :enabled,
                            deletion_protection_description = :description
                        where key_id = :key
                        """)
                .param("enabled", event.enabled())
                .param("description", event.description())
                .param("version", version)
                .param("key", event.keyId().asUuid())
                .update();
    }

    @EventHandler
    void on(KeyDestroyed event) {
        jdbc.sql("delete from key_state where key_id = :key")
                .param("key", event.keyId().asUuid())
                .update();
    }

    @ResetHandler
    @Override
    public void clear() {
        jdbc.sql("delete from key_state").update();
    }

    private void touch(KeyId keyId, long version) {
        jdbc.sql("update key_state set version = :version where key_id = :key")
                .param("version", version)
                .param("key", keyId.asUuid())
                .update();
    }

    private void setState(KeyId keyId, long version, String state) {
        jdbc.sql("update key_state set version = :version, state = :state where key_id = :key")
                .param("state", state)
                .param("version", version)
                .param("key", keyId.asUuid())
                .update();
    }

    private void loseMaterial(KeyId keyId, long version) {
        jdbc.sql("""
                        update key_state set version = :version, material_version = null, expires_at = null,
                            state = case state when 'PendingDeletion' then state else 'PendingImport' end
                        where key_id = :key
                        """).param("version", version).param("key", keyId.asUuid()).update();
    }

    private void setDeletion(KeyId keyId, long version, @Nullable Instant deleteAt, String stateExpression) {
        jdbc.sql("update key_state set version = :version, delete_at = :deleteAt, state = " + stateExpression
                        + " where key_id = :key")
                .param("deleteAt", SqlTime.ofNullable(deleteAt))
                .param("version", version)
                .param("key", keyId.asUuid())
                .update();
    }
}
