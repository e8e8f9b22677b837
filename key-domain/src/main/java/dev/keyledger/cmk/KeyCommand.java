package dev.keyledger.cmk;

import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.importing.UnwrappedMaterial;
import dev.keyledger.importing.WrappingAlgorithm;
import dev.keyledger.importing.WrappingKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * What a key can be told to do. Values are validated; caller and request travel as metadata. Commands never leave the process: {@link
 * ImportKeyMaterial} carries secret bytes, wiped by its sender.
 */
public sealed interface KeyCommand {

    KeyId keyId();

    /**
     * Creates a key: {@code Aliyun_KMS} enabled with generated material, {@code EXTERNAL} pending import. Tags may be empty. Answers {@link
     * KeyEvent.KeyCreated}.
     */
    record CreateKey(
            @TargetAggregateIdentifier KeyId keyId,
            Origin origin,
            KeySpec spec,
            KeyUsage usage,
            ProtectionLevel protectionLevel,
            String description,
            String creator,
            Map<String, String> tags)
            implements KeyCommand {}

    record EnableKey(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    record DisableKey(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    record UpdateKeyDescription(@TargetAggregateIdentifier KeyId keyId, String description) implements KeyCommand {}

    /** Adds or replaces tags; the limit of 20 tags a key is the aggregate's. */
    record TagKey(@TargetAggregateIdentifier KeyId keyId, Map<String, String> tags) implements KeyCommand {}

    /** Removes the tags that are there; others are no error. */
    record UntagKey(@TargetAggregateIdentifier KeyId keyId, List<String> tagKeys) implements KeyCommand {}

    /** Removes every tag. */
    record UntagKeyCompletely(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /** The description is used only when enabling. */
    record SetDeletionProtection(@TargetAggregateIdentifier KeyId keyId, boolean enabled, String description)
            implements KeyCommand {}

    /** Answers {@link dev.keyledger.importing.ImportParameters}. */
    record IssueImportParameters(
            @TargetAggregateIdentifier KeyId keyId, WrappingAlgorithm algorithm, WrappingKeySpec spec)
            implements KeyCommand {}

    /**
     * Imports material. Without genuine material it does the same work on the substitute and then refuses.
     *
     * @param expiresAt null for never
     */
    record ImportKeyMaterial(
            @TargetAggregateIdentifier KeyId keyId,
            ImportTokenId tokenId,
            UnwrappedMaterial material,
            @Nullable Instant expiresAt)
            implements KeyCommand {}

    /** Notes that a token had too many failed imports. */
    record ExhaustImportToken(@TargetAggregateIdentifier KeyId keyId, ImportTokenId tokenId) implements KeyCommand {}

    record DeleteKeyMaterial(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /** A nudge: expires the material if its time has come, else does nothing. Answers whether an event was made. */
    record ExpireKeyMaterial(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /** The window in days; its range is the operation's to check. Answers the instant of destruction. */
    record ScheduleKeyDeletion(@TargetAggregateIdentifier KeyId keyId, int pendingWindowInDays) implements KeyCommand {}

    record CancelKeyDeletion(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /** A nudge: destroys the key if its window is over and no hold is on, else does nothing. Answers whether an event was made. */
    record DestroyKey(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /**
     * A nudge: gives notice of the expiry that is to come if a rung of the ladder has come, else does nothing. Answers whether notice was given.
     */
    record GiveExpiryNotice(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}

    /** A nudge: as {@link GiveExpiryNotice}, of the destruction that is to come. */
    record GiveDeletionNotice(@TargetAggregateIdentifier KeyId keyId) implements KeyCommand {}
}
