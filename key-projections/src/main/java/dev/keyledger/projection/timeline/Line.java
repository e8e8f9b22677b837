package dev.keyledger.projection.timeline;

import dev.keyledger.projection.history.PastEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of a key's time line.
 *
 * @param at when it was so; of an expiry the instant of the expiry, which may be earlier than the event that notes it
 * @param text one sentence
 * @param cause what it was done by: the operation, or {@code expiry}
 * @param principal who did it; {@code system} for what time did
 * @param keyStateVersion number of the event; uses whose record has it came after this line and before the next
 * @param event null for an expiry that no event notes yet
 */
public record Line(
        Instant at,
        String text,
        String cause,
        @Nullable String principal,
        long keyStateVersion,
        @Nullable PastEvent event) {}
