package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.operation.WireTime;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.projection.keystate.KeySummary;
import org.jspecify.annotations.Nullable;

/**
 * A key as CreateKey and DescribeKey answer it. Every member is text; empty text means "not applicable", a null member is left out. {@code
 * RotationInterval} and {@code NextRotationDate} exist only while rotation is on, which it never is.
 *
 * @param creationDate UTC, whole seconds, as every date here
 * @param deleteDate earliest instant of destruction; empty unless the deletion is pending
 * @param creator account id, digits
 * @param materialExpireTime empty for never, and without material
 * @param primaryKeyVersion empty before the first import
 * @param lastRotationDate when the first and only version was made; empty before the first import
 * @param deletionProtection {@code Enabled} or {@code Disabled}; DescribeKey only
 * @param deletionProtectionDescription DescribeKey only
 */
record KeyMetadata(
        String keyId,
        String arn,
        String creationDate,
        String description,
        String keyState,
        String keyUsage,
        String keySpec,
        String deleteDate,
        String creator,
        String origin,
        String materialExpireTime,
        String protectionLevel,
        String primaryKeyVersion,
        String lastRotationDate,
        String automaticRotation,
        @Nullable String deletionProtection,
        @Nullable String deletionProtectionDescription) {

    /** The answer around it. */
    record Response(KeyMetadata keyMetadata) {}

    /** As DescribeKey answers it. */
    static Response described(KeySummary key, StoreIdentity identity) {
        return new Response(of(
                key, identity, key.deletionProtection() ? "Enabled" : "Disabled", key.deletionProtectionDescription()));
    }

    /** As CreateKey answers it. */
    static Response created(KeySummary key, StoreIdentity identity) {
        return new Response(of(key, identity, null, null));
    }

    private static KeyMetadata of(
            KeySummary key,
            StoreIdentity identity,
            @Nullable String protection,
            @Nullable String protectionDescription) {
        return new KeyMetadata(
                key.keyId().value(),
                identity.keyArn(key.keyId().value()),
                WireTime.of(key.createdAt()),
                key.description(),
                key.state().toString(),
                key.usage(),
                key.spec(),
                key.state() == KeyState.PENDING_DELETION ? WireTime.orEmpty(key.deleteAt()) : "",
                key.creator(),
                key.origin().toString(),
                WireTime.orEmpty(key.expiresAt()),
                key.protectionLevel(),
                key.primaryVersion() == null ? "" : key.primaryVersion().toString(),
                WireTime.orEmpty(key.primaryVersionAt()),
                "Disabled",
                protection,
                protectionDescription);
    }
}
