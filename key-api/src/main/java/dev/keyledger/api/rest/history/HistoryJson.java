package dev.keyledger.api.rest.history;

import dev.keyledger.api.operation.cmk.KeyDescriptions;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.projection.asof.KeyAsOf;
import dev.keyledger.projection.asof.Turn;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.PastEvent;
import dev.keyledger.projection.timeline.Line;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Histories as members of JSON objects; what there is not is left out. */
@Component
class HistoryJson {

    private final KeyDescriptions descriptions;

    HistoryJson(KeyDescriptions descriptions) {
        this.descriptions = descriptions;
    }

    /** A key as it was, without the moment. */
    Map<String, Object> key(KeyAsOf key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("keyMetadata", descriptions.of(key.summary()));
        json.put("tags", new TreeMap<>(key.fold().tags()));
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("name", key.summary().state().toString());
        state.put("began", turn(key.began()));
        put(state, "ended", key.ended() == null ? null : turn(key.ended()));
        json.put("state", state);
        json.put("lastEvent", event(key.lastEvent()));
        return json;
    }

    private static Map<String, Object> turn(Turn turn) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", instant(turn.at()));
        json.put("cause", turn.byExpiry() ? "expiry" : "event");
        json.put("event", event(turn.event()));
        return json;
    }

    static Map<String, Object> event(PastEvent past) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", past.eventId());
        json.put("name", past.name());
        json.put("keyStateVersion", past.keyStateVersion());
        json.put("at", instant(past.event().at()));
        put(json, "record", past.cause() == null ? null : record(past.cause()));
        return json;
    }

    private static Map<String, Object> record(Cause cause) {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, "logIndex", cause.logIndex());
        json.put("time", instant(cause.recordedAt()));
        json.put("requestId", cause.requestId().toString());
        put(json, "principal", cause.principal());
        json.put("action", cause.action());
        put(json, "callerReason", cause.callerReason());
        return json;
    }

    static Map<String, Object> line(Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", instant(line.at()));
        json.put("text", line.text());
        json.put("cause", line.cause());
        put(json, "principal", line.principal());
        json.put("keyStateVersion", line.keyStateVersion());
        put(json, "event", line.event() == null ? null : event(line.event()));
        return json;
    }

    static Map<String, Object> log(KnownLog known) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("size", known.size());
        json.put("lagSeconds", known.lagSeconds());
        return json;
    }

    static String instant(Instant at) {
        return at.toString();
    }

    private static void put(Map<String, Object> json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
