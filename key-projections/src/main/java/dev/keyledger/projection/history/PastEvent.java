package dev.keyledger.projection.history;

import dev.keyledger.cmk.KeyEvent;
import org.jspecify.annotations.Nullable;

/**
 * One event of a key.
 *
 * @param name stored name, {@code keyledger.key.disabled} for example
 * @param keyStateVersion its number in the key's stream: what records of uses say they saw
 * @param cause null only if no record covers it, which no request leads to
 */
public record PastEvent(
        KeyEvent event,
        String eventId,
        String name,
        long keyStateVersion,
        @Nullable Cause cause) {}
