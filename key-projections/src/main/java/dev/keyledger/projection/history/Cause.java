package dev.keyledger.projection.history;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who brought an event about, as the audit record that covers it says.
 *
 * @param logIndex place of the record in the log; null as long as it has none
 * @param recordedAt store time of the record
 * @param principal {@code system} for acts of the service itself
 * @param action name of the operation
 * @param callerReason why the caller said it did this
 */
public record Cause(
        @Nullable Long logIndex,
        Instant recordedAt,
        UUID requestId,
        @Nullable String principal,
        String action,
        @Nullable String callerReason) {}
