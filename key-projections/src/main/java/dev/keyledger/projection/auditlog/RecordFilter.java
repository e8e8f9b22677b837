package dev.keyledger.projection.auditlog;

import dev.keyledger.cmk.KeyId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which records are wanted: those that meet every condition that is not null. Texts are compared exactly.
 *
 * @param from not before this instant
 * @param to before this instant
 * @param key a key that the record touches, main one or not
 * @param alias the alias by which the caller named the key
 * @param outcome as stored, {@code Success} for example
 * @param source numeric address of the client
 * @param contextKey a name in the encryption context, or in that of ReEncrypt's destination
 * @param contextValue the value it must have; null for any
 */
public record RecordFilter(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable KeyId key,
        @Nullable String alias,
        @Nullable String principal,
        @Nullable String action,
        @Nullable String outcome,
        @Nullable String source,
        @Nullable UUID requestId,
        @Nullable String contextKey,
        @Nullable String contextValue) {

    /** Every record. */
    public static final RecordFilter NONE =
            new RecordFilter(null, null, null, null, null, null, null, null, null, null, null);

    public RecordFilter {
        if (contextValue != null && contextKey == null) {
            throw new IllegalArgumentException("a value of no name");
        }
    }
}
