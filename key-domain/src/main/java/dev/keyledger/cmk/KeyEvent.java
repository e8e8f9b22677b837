package dev.keyledger.cmk;

import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import dev.keyledger.material.MaterialTag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a key: results, not inputs, and nothing secret, because an event can never be erased. Every instant is store time in
 * whole milliseconds. Stored names and revisions: ADR 0002 and {@code EventNames}.
 */
public sealed interface KeyEvent {

    KeyId keyId();

    /** When it happened. */
    Instant at();

    /**
     * A key came to be.
     *
     * @param description may be empty
     * @param creator account that created it
     * @param primaryVersion version of the generated material; null for {@link Origin#EXTERNAL}
     */
    @Revision("1")
    record KeyCreated(
            KeyId keyId,
            Origin origin,
            KeySpec spec,
            KeyUsage usage,
            ProtectionLevel protectionLevel,
            String description,
            String creator,
            @Nullable KeyVersionId primaryVersion,
            Instant at)
            implements KeyEvent {}

    /** The description was replaced; it may be empty. */
    @Revision("1")
    record KeyDescriptionChanged(KeyId keyId, String description, Instant at) implements KeyEvent {}

    /** A disabled key became enabled. */
    @Revision("1")
    record KeyEnabled(KeyId keyId, Instant at) implements KeyEvent {}

    /** An enabled key became disabled. */
    @Revision("1")
    record KeyDisabled(KeyId keyId, Instant at) implements KeyEvent {}

    /**
     * Tags were set or removed.
     *
     * @param set tags added or given another value
     * @param removed tag keys that were there and are gone
     */
    @Revision("1")
    record KeyTagsChanged(KeyId keyId, Map<String, String> set, List<String> removed, Instant at) implements KeyEvent {

        public KeyTagsChanged {
            set = Map.copyOf(set);
            removed = List.copyOf(removed);
        }
    }

    /** Deletion protection was switched, or its description changed; the description is empty when off. */
    @Revision("1")
    record DeletionProtectionChanged(KeyId keyId, boolean enabled, String description, Instant at)
            implements KeyEvent {}

    /**
     * A wrapping key and its import token were handed out.
     *
     * @param expiresAt when the token lapses
     */
    @Revision("1")
    record ImportParametersIssued(
            KeyId keyId,
            ImportTokenId tokenId,
            WrappingAlgorithm wrappingAlgorithm,
            WrappingKeySpec wrappingKeySpec,
            Instant expiresAt,
            Instant at)
            implements KeyEvent {}

    /** A token had too many failed imports and is dead. */
    @Revision("1")
    record ImportTokenExhausted(KeyId keyId, ImportTokenId tokenId, Instant at) implements KeyEvent {}

    /**
     * Material was imported, for the first time or again; a PendingImport key became enabled.
     *
     * @param versionId the key's one version: made by the first import, the same ever after
     * @param materialTag by which the key is bound to this material for life
     * @param tokenId token used
     * @param expiresAt when the material expires; null for never
     */
    @Revision("1")
    record KeyMaterialImported(
            KeyId keyId,
            KeyVersionId versionId,
            MaterialTag materialTag,
            ImportTokenId tokenId,
            @Nullable Instant expiresAt,
            Instant at)
            implements KeyEvent {}

    /** Imported material was deleted on request. */
    @Revision("1")
    record KeyMaterialDeleted(KeyId keyId, KeyVersionId versionId, Instant at) implements KeyEvent {}

    /**
     * Imported material was found past its expiry.
     *
     * @param expiredAt the expiry it had; it was unusable from then on
     */
    @Revision("1")
    record KeyMaterialExpired(KeyId keyId, KeyVersionId versionId, Instant expiredAt, Instant at) implements KeyEvent {}

    /**
     * The key became PendingDeletion.
     *
     * @param deleteAt earliest instant of destruction
     */
    @Revision("1")
    record KeyDeletionScheduled(KeyId keyId, Instant deleteAt, Instant at) implements KeyEvent {}

    /**
     * Notice of an expiry that is to come, one for each rung of the ladder that comes while the date stands. After downtime the nearest one only.
     *
     * @param notice how long before the expiry it was to be given; it is later only if the service was down
     */
    @Revision("1")
    record KeyExpiryNear(KeyId keyId, NoticePeriod notice, Instant expiresAt, Instant at) implements KeyEvent {}

    /**
     * Notice of a destruction that is to come, in the same way.
     *
     * @param notice how long before the earliest instant of destruction it was to be given
     */
    @Revision("1")
    record KeyDeletionNear(KeyId keyId, NoticePeriod notice, Instant deleteAt, Instant at) implements KeyEvent {}

    /** The deletion was cancelled: enabled with material, PendingImport without. */
    @Revision("1")
    record KeyDeletionCancelled(KeyId keyId, Instant at) implements KeyEvent {}

    /** The key, its material, binding, tokens and tags are gone for ever; the id is never used again. */
    @Revision("1")
    record KeyDestroyed(KeyId keyId, Instant at) implements KeyEvent {}
}
