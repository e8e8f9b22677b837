package dev.keyledger.projection.keystate;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.axonframework.eventhandling.SequenceNumber;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Writes {@code key_state}: one row per living key, with the sequence number of its last event as version. Consistency: the event's own
 * transaction. Rebuild: one statement per event, in order per key.
 */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class KeyStateProjection implements TransactionalView {

    private final Writes writes;

    KeyStateProjection(Writes writes) {
        this.writes = writes;
    }

    @EventHandler
    void on(KeyCreated event, @SequenceNumber long version) {
        UUID material =
                event.primaryVersion() == null ? null : event.primaryVersion().value();
        writes.add(
                """
                insert into key_state (key_id, version, state, origin, key_spec, key_usage, protection_level, description, creator,
                    created_at, primary_version, material_version, deletion_protection, deletion_protection_description)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, '')
                """,
                event.keyId().asUuid(),
                version,
                material == null ? "PendingImport" : "Enabled",
                event.origin().toString(),
                event.spec().toString(),
                event.usage().toString(),
                event.protectionLevel().toString(),
                event.description(),
                event.creator(),
                SqlTime.of(event.at()),
                material,
                material);
    }

    @EventHandler
    void on(KeyDescriptionChanged event, @SequenceNumber long version) {
        writes.add(
                "update key_state set version = ?, description = ? where key_id = ?",
                version,
                event.description(),
                event.keyId().asUuid());
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
    void on(KeyExpiryNear event, @SequenceNumber long version) {
        touch(event.keyId(), version);
    }

    @EventHandler
    void on(KeyDeletionNear event, @SequenceNumber long version) {
        touch(event.keyId(), version);
    }

    @EventHandler
    void on(KeyMaterialImported event, @SequenceNumber long version) {
        writes.add(
                """
                update key_state set version = ?, primary_version = ?, material_version = ?,
                    expires_at = ?, state = case state when 'PendingImport' then 'Enabled' else state end
                where key_id = ?
                """,
                version,
                event.versionId().value(),
                event.versionId().value(),
                SqlTime.ofNullable(event.expiresAt()),
                event.keyId().asUuid());
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
        writes.add(
                """
                update key_state set version = ?, deletion_protection = ?, deletion_protection_description = ?
                where key_id = ?
                """,
                version,
                event.enabled(),
                event.description(),
                event.keyId().asUuid());
    }

    @EventHandler
    void on(KeyDestroyed event) {
        writes.add("delete from key_state where key_id = ?", event.keyId().asUuid());
    }

    @Override
    public ViewTable table() {
        return new ViewTable("key_state", "key_id", List.of("key_id"), List.of("key_listing_mark"));
    }

    @ResetHandler
    @Override
    public void clear() {
        writes.add("delete from key_listing_mark");
        writes.add("delete from key_state");
    }

    private void touch(KeyId keyId, long version) {
        writes.add("update key_state set version = ? where key_id = ?", version, keyId.asUuid());
    }

    private void setState(KeyId keyId, long version, String state) {
        writes.add("update key_state set version = ?, state = ? where key_id = ?", version, state, keyId.asUuid());
    }

    private void loseMaterial(KeyId keyId, long version) {
        writes.add("""
                update key_state set version = ?, material_version = null, expires_at = null,
                    state = case state when 'PendingDeletion' then state else 'PendingImport' end
                where key_id = ?
                """, version, keyId.asUuid());
    }

    private void setDeletion(KeyId keyId, long version, @Nullable Instant deleteAt, String stateExpression) {
        writes.add(
                "update key_state set version = ?, delete_at = ?, state = " + stateExpression + " where key_id = ?",
                version,
                SqlTime.ofNullable(deleteAt),
                keyId.asUuid());
    }
}
