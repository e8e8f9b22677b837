package dev.keyledger.eventlog;

import org.axonframework.serialization.Serializer;

/** How events, snapshots, sagas and tokens become bytes. */
@SuppressWarnings("DoNotCallSuggester")
public final class EventJson {

    private EventJson() {}

    /** Stable names, JSON payloads. */
    public static Serializer serializer() {
        throw new UnsupportedOperationException("not built yet");
    }
}
