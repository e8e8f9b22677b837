package dev.keyledger.api.rest.history;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.Accepted;
import dev.keyledger.api.rest.AuditorGate;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.CursorText;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.RestCall;
import dev.keyledger.api.rest.StreamLane;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.asof.KeyAsOf;
import dev.keyledger.projection.asof.KeysAsOf;
import dev.keyledger.projection.asof.Moment;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.history.KeyHistory;
import dev.keyledger.projection.history.PastEvent;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.projection.timeline.Timelines;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/keys}: what keys were at an instant or at a place in the log, what made them so and how long, and the time line of a key. Keys
 * that were destroyed are answered for the time before.
 */
@RestController
class KeyHistoryEndpoint {

    private static final String COLLECTION = "/v1/keys";
    private static final String ONE = COLLECTION + "/{id}";

    private static final String LIMIT = "limit";
    private static final String CURSOR = "cursor";

    private static final int MAX_TEXT = 512;
    private static final int DEFAULT_LIMIT = 100;

    /** Each key's whole history is read. */
    private static final int MAX_KEYS = 200;

    private static final int MAX_LINES = 1_000;

    /** Milliseconds of the moment, its place if it has one, the last key. */
    private static final Pattern KEYS = Pattern.compile("1k(-?[0-9]{1,15})/([0-9]{0,18})/([0-9a-f-]{36})");

    private static final Pattern LINES = Pattern.compile("1t([0-9a-f-]{36})/([0-9]{1,18})");

    private static final List<MediaType> FORMS = List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON);

    private static final String AT_HEADER = "x-keyledger-at";
    private static final String INDEX_HEADER = "x-keyledger-log-index";

    private final AuditorGate gate;
    private final AuditorLane lane;
    private final StreamLane streams;
    private final Moments moments;
    private final KeyHistories histories;
    private final KeysAsOf keysAsOf;
    private final Timelines timelines;
    private final AuditIndex index;
    private final HistoryJson json;

    KeyHistoryEndpoint(
            AuditorGate gate,
            AuditorLane lane,
            StreamLane streams,
            Moments moments,
            KeyHistories histories,
            KeysAsOf keysAsOf,
            Timelines timelines,
            AuditIndex index,
            HistoryJson json) {
        this.gate = gate;
        this.lane = lane;
        this.streams = streams;
        this.moments = moments;
        this.histories = histories;
        this.keysAsOf = keysAsOf;
        this.timelines = timelines;
        this.index = index;
        this.json = json;
    }

    @GetMapping(ONE)
    ResponseEntity<?> read(HttpServletRequest request, @PathVariable("id") String id) {
        return gate.run(request, "GetKeyAsOf", id, Set.of(Moments.AT), (call, query) -> {
            KeyId keyId = keyId(call, id);
            String at = query.text(Moments.AT, MAX_TEXT).orElse(null);
            note(call, at);
            return lane.read(call.audit().deadline(), () -> {
                Moments.Asked asked = moments.read(at);
                KeysAsOf.Seen seen = keysAsOf.of(keyId, asked.moment(), asked.now());
                KeyAsOf key = seen.key().orElseThrow(() -> absent(seen.history(), asked.moment()));
                Map<String, Object> body = moment(asked.moment());
                body.putAll(json.key(key));
                return ResponseEntity.ok(withLog(body));
            });
        });
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return gate.run(request, "ListKeysAsOf", "*", Set.of(Moments.AT, LIMIT, CURSOR), (call, query) -> {
            String at = query.text(Moments.AT, MAX_TEXT).orElse(null);
            int limit = limit(query, MAX_KEYS);
            Optional<String> cursor = query.text(CURSOR, MAX_TEXT);
            note(call, at);
            boolean stream = Accepted.of(request.getHeader(HttpHeaders.ACCEPT), FORMS)
                    .filter(MediaType.APPLICATION_NDJSON::equals)
                    .isPresent();
            if (!stream) {
                return lane.read(call.audit().deadline(), () -> ResponseEntity.ok(page(at, cursor, limit)));
            }
            if (cursor.isPresent() || query.text(LIMIT, MAX_TEXT).isPresent()) {
                throw QueryParameters.invalid(cursor.isPresent() ? CURSOR : LIMIT, "A stream has all keys.");
            }
            return stream(
                    lane.read(call.audit().deadline(), () -> moments.read(at)),
                    call.audit().deadline());
        });
    }

    /** The moment and how far the log is known stand in the headers, since each line is a key. */
    private ResponseEntity<?> stream(Moments.Asked asked, Deadline deadline) {
        Moment moment = asked.moment();
        ResponseEntity.BodyBuilder answer = lane.read(deadline, () -> KnownLog.of(index))
                .on(ResponseEntity.ok())
                .contentType(MediaType.APPLICATION_NDJSON)
                .header(AT_HEADER, HistoryJson.instant(moment.instant()));
        if (moment.position() != null) {
            answer.header(INDEX_HEADER, moment.position().toString());
        }
        return answer.body(streams.body(new KeyStream(lane, keysAsOf, json, asked)));
    }

    @GetMapping(ONE + "/timeline")
    ResponseEntity<?> timeline(HttpServletRequest request, @PathVariable("id") String id) {
        return gate.run(request, "GetKeyTimeline", id, Set.of(LIMIT, CURSOR), (call, query) -> {
            KeyId keyId = keyId(call, id);
            int limit = limit(query, MAX_LINES);
            long first = query.text(CURSOR, MAX_TEXT)
                    .map(text -> firstLine(text, keyId))
                    .orElse(0L);
            return lane.read(call.audit().deadline(), () -> {
                Timelines.Page page = timelines.page(keyId, first, limit);
                if (page.lines().isEmpty() && first == 0) {
                    throw never();
                }
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("keyId", keyId.value());
                body.put("lines", page.lines().stream().map(HistoryJson::line).toList());
                if (page.more()) {
                    body.put("nextCursor", CursorText.of("1t" + keyId.value() + "/" + (first + limit)));
                }
                return ResponseEntity.ok(withLog(body));
            });
        });
    }

    private Map<String, Object> page(@Nullable String at, Optional<String> cursor, int limit) {
        Moments.Asked asked = moments.read(at);
        Moment moment = asked.moment();
        KeyId after = null;
        if (cursor.isPresent()) {
            Matcher parts = KEYS.matcher(CursorText.plain(cursor.get()));
            if (!parts.matches() || !KeyId.isKeyId(parts.group(3))) {
                throw CursorText.notOurs();
            }
            Moment first = new Moment(
                    Instant.ofEpochMilli(Long.parseLong(parts.group(1))),
                    parts.group(2).isEmpty() ? null : (Long) Long.parseLong(parts.group(2)));
            if (at != null && !first.equals(moment)) {
                throw QueryParameters.invalid(
                        CURSOR, "It was given for another instant; leave out \"at\" or repeat it.");
            }
            moment = first;
            after = new KeyId(parts.group(3));
        }
        // One more than asked for tells whether there is a next page.
        List<KeyId> found = histories.keys(after, limit + 1);
        List<KeyId> keys = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = moment(moment);
        body.put(
                "keys",
                keysAsOf.of(keys, moment, asked.now()).stream()
                        .flatMap(seen -> seen.key().stream())
                        .map(json::key)
                        .toList());
        if (found.size() > limit) {
            body.put(
                    "nextCursor",
                    CursorText.of("1k" + moment.instant().toEpochMilli() + "/"
                            + (moment.position() == null ? "" : moment.position()) + "/"
                            + keys.get(limit - 1).value()));
        }
        return withLog(body);
    }

    private Map<String, Object> withLog(Map<String, Object> body) {
        body.put("log", HistoryJson.log(KnownLog.of(index)));
        return body;
    }

    private static Map<String, Object> moment(Moment moment) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(Moments.AT, HistoryJson.instant(moment.instant()));
        if (moment.position() != null) {
            body.put("logIndex", moment.position());
        }
        return body;
    }

    /** The moment stands in the record of the looking. */
    private static void note(RestCall call, @Nullable String at) {
        call.audit().internalReason(at == null ? "" : Moments.AT + "=" + at);
    }

    /** The key that a path names, noted in the record of the request. */
    static KeyId keyId(RestCall call, String id) {
        if (!KeyId.isKeyId(id)) {
            throw Refusal.of(ErrorCode.KEY_NOT_FOUND).advising("A key is named by its id, a UUID in lower case.");
        }
        KeyId keyId = new KeyId(id);
        call.audit().keyId(keyId);
        return keyId;
    }

    private static Refusal absent(KeyHistory history, Moment moment) {
        if (history.events().isEmpty()) {
            return never();
        }
        PastEvent first = history.events().get(0);
        PastEvent last = history.events().get(history.events().size() - 1);
        boolean before = !moment.sees(first);
        if (!before && last.event() instanceof KeyDestroyed) {
            return Refusal.of(ErrorCode.KEY_NOT_FOUND)
                    .advising("It was destroyed at " + last.event().at() + "; ask for an earlier instant.");
        }
        return Refusal.of(ErrorCode.KEY_NOT_FOUND)
                .advising("It was created at " + first.event().at() + "; ask for a later instant.");
    }

    /** The refusal of a key of which there is no trace. */
    static Refusal never() {
        return Refusal.of(ErrorCode.KEY_NOT_FOUND).advising("There never was a key of this id.");
    }

    private static int limit(QueryParameters query, int max) {
        return query.number(LIMIT, 1, max).orElse((long) DEFAULT_LIMIT).intValue();
    }

    private static long firstLine(String cursor, KeyId keyId) {
        Matcher parts = LINES.matcher(CursorText.plain(cursor));
        if (!parts.matches()) {
            throw CursorText.notOurs();
        }
        if (!parts.group(1).equals(keyId.value())) {
            throw QueryParameters.invalid(CURSOR, "It was given for the time line of another key.");
        }
        return Long.parseLong(parts.group(2));
    }
}
