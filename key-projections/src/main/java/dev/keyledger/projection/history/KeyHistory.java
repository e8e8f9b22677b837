package dev.keyledger.projection.history;

import dev.keyledger.cmk.KeyId;
import java.util.List;

/** The events of one key in order, from its creation on. */
public record KeyHistory(KeyId keyId, List<PastEvent> events) {

    public KeyHistory {
        events = List.copyOf(events);
    }
}
