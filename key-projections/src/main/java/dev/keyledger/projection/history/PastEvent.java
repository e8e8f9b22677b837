package dev.keyledger.projection.history;

import dev.keyledger.cmk.KeyEvent;
import org.jspecify.annotations.Nullable;

/**
 * One event of a key.
 *
 * @param name stored name, {@code keyledger.key.disabled} for example
 * @param keyStateVersion its number in the key's stream: what records of uses say they saw
 * @param request what caused it, by which its record is found; null if nobody will ask
 * @param cause null as long as it was not looked up, or if no record covers the event, which no request leads to
 */
public record PastEvent(
        KeyEvent event,
        String eventId,
        String name,
        long keyStateVersion,
        @Nullable CausingRequest request,
        @Nullable Cause cause) {

    /** The same event, and what its record says. */
    public PastEvent causedBy(@Nullable Cause known) {
        return new PastEvent(event, eventId, name, keyStateVersion, request, known);
    }
}
