package dev.keyledger.projection.keystate;

import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.Origin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is at one instant of store time.
 *
 * @param version sequence number of the key's last event
 * @param state state at that instant: material past its expiry is already gone, recorded or not
 * @param spec key spec as the protocol spells it
 * @param usage key usage as the protocol spells it
 * @param protectionLevel protection level as the protocol spells it
 * @param creator account that created the key
 * @param primaryVersion the one key version, null before the first import
 * @param primaryVersionAt when that version was made
 * @param materialVersion the version whose material is present, null without material
 * @param expiresAt when the material expires; null for never, and once it has
 * @param deleteAt when the key is destroyed; only while its deletion is pending
 */
public record KeySummary(
        KeyId keyId,
        long version,
        KeyState state,
        Origin origin,
        String spec,
        String usage,
        String protectionLevel,
        String description,
        String creator,
        Instant createdAt,
        @Nullable KeyVersionId primaryVersion,
        @Nullable Instant primaryVersionAt,
        @Nullable KeyVersionId materialVersion,
        @Nullable Instant expiresAt,
        @Nullable Instant deleteAt,
        boolean deletionProtection,
        String deletionProtectionDescription) {

    /** A key as its creation leaves it, without a look at the view. */
    public static KeySummary of(KeyCreated created) {
        KeyVersionId generated = created.primaryVersion();
        return new KeySummary(
                created.keyId(),
                0,
                generated == null ? KeyState.PENDING_IMPORT : KeyState.ENABLED,
                created.origin(),
                created.spec().toString(),
                created.usage().toString(),
                created.protectionLevel().toString(),
                created.description(),
                created.creator(),
                created.at(),
                generated,
                generated == null ? null : created.at(),
                generated,
                null,
                null,
                false,
                "");
    }
}
