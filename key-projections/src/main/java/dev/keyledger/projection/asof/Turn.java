package dev.keyledger.projection.asof;

import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyFold;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.PastEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key came into another state.
 *
 * @param at from when on; of an expiry the instant that the import had set, whenever it was noticed
 * @param state null if the key was destroyed
 * @param byExpiry whether time alone did it
 * @param event what did it; of an expiry the import that had set it
 * @param happened how many events of the key had happened before or by it
 */
public record Turn(Instant at, @Nullable KeyState state, boolean byExpiry, PastEvent event, int happened) {

    /** The same, with the cause of its event. */
    Turn explained(Map<String, Cause> causes) {
        return new Turn(at, state, byExpiry, event.causedBy(causes.get(event.eventId())), happened);
    }

    /**
     * All turns of a key's life in order.
     *
     * @param events from its creation on
     * @param until the instant up to which time has passed since the last event
     */
    static List<Turn> of(List<PastEvent> events, Instant until) {
        List<Turn> turns = new ArrayList<>();
        KeyFold fold = null;
        PastEvent expirySetBy = null;
        KeyState state = null;
        for (int i = 0; i < events.size(); i++) {
            PastEvent past = events.get(i);
            fold = fold == null ? KeyFold.of((KeyCreated) past.event()) : fold.after(past.event());
            if (past.event() instanceof KeyMaterialImported) {
                expirySetBy = past;
            }
            if (fold.destroyed()) {
                turns.add(new Turn(past.event().at(), null, false, past, i + 1));
                return turns;
            }
            if (fold.lifecycle().state() != state) {
                state = fold.lifecycle().state();
                turns.add(new Turn(past.event().at(), state, false, past, i + 1));
            }
            Instant end = i + 1 < events.size() ? events.get(i + 1).event().at() : until;
            Instant expiry = fold.lifecycle().materialExpiresAt();
            if (expiry != null && expirySetBy != null && fold.lifecycle().expiryDue(end)) {
                KeyState expired = fold.at(end).state();
                if (expired != state) {
                    state = expired;
                    turns.add(new Turn(expiry, state, true, expirySetBy, i + 1));
                }
            }
        }
        return turns;
    }
}
