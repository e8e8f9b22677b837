package dev.keyledger.api.rest.events;

import dev.keyledger.api.auth.EventReaderRole;
import dev.keyledger.api.auth.PercentEncoding;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.RestGate;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.feed.EventSchemas;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.feed.PublicEvents;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedFilter;
import dev.keyledger.projection.sequencer.AuditIndex;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/events}: events of keys and aliases by page, as a batch of CloudEvents, and what their data looks like. */
@RestController
class EventsEndpoint {

    static final String COLLECTION = "/v1/events";

    private static final String SCHEMAS = COLLECTION + "/schemas";

    private static final int DEFAULT_LIMIT = 100;

    private static final MediaType BATCH = MediaType.parseMediaType(CloudEventForm.BATCH_MEDIA_TYPE);
    private static final MediaType SCHEMA = MediaType.parseMediaType(EventSchemas.MEDIA_TYPE);

    private final RestGate gate;
    private final EventReaderRole readers;
    private final AuditorLane lane;
    private final Feed feed;
    private final CloudEventForm form;
    private final AuditIndex index;

    EventsEndpoint(
            RestGate gate,
            EventReaderRole readers,
            AuditorLane lane,
            Feed feed,
            CloudEventForm form,
            AuditIndex index) {
        this.gate = gate;
        this.readers = readers;
        this.lane = lane;
        this.feed = feed;
        this.form = form;
        this.index = index;
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return gate.run(request, "ListEvents", "*", call -> {
            readers.require(call.caller(), "ListEvents");
            QueryParameters query = QueryParameters.of(call, EventQuestion.OF_A_PAGE);
            FeedFilter filter = EventQuestion.filter(
                    call,
                    query,
                    query.instant(EventQuestion.FROM).orElse(null),
                    query.instant(EventQuestion.TO).orElse(null));
            int limit = query.number(EventQuestion.LIMIT, 1, Feed.MOST)
                    .orElse((long) DEFAULT_LIMIT)
                    .intValue();
            return lane.read(call.audit().deadline(), () -> {
                FeedPosition after = EventQuestion.after(query, feed.head()).orElse(FeedPosition.BEGINNING);
                // Known first: what the page has beyond it is then no surprise, and nothing below it is missing.
                KnownLog known = KnownLog.of(index);
                Feed.Page page = feed.after(after, filter, limit);
                return known.on(ResponseEntity.ok())
                        .header(HttpHeaders.LINK, next(call.queries(), page.readTo()))
                        .contentType(BATCH)
                        .body(batch(page.events()));
            });
        });
    }

    private byte[] batch(List<FeedEvent> events) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(64 + 512 * events.size());
        json.write('[');
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                json.write(',');
            }
            form.write(events.get(i), json);
        }
        json.write(']');
        return json.toByteArray();
    }

    /** The same question from where this page ends: also where nothing was found, so that a reader does not look there again. */
    private static String next(Map<String, String> queries, FeedPosition readTo) {
        Map<String, String> next = new TreeMap<>(queries);
        next.keySet().retainAll(EventQuestion.OF_A_PAGE);
        if (readTo.compareTo(FeedPosition.BEGINNING) > 0) {
            next.put(EventQuestion.AFTER, readTo.text());
        }
        return "<" + COLLECTION + "?" + PercentEncoding.canonicalQuery(next) + ">; rel=\"next\"";
    }

    @GetMapping(SCHEMAS)
    ResponseEntity<?> schemas(HttpServletRequest request) {
        return gate.run(request, "ListEventSchemas", "*", call -> {
            readers.require(call.caller(), "ListEventSchemas");
            QueryParameters.of(call, Set.of());
            return ResponseEntity.ok(Map.of(
                    "schemas",
                    PublicEvents.all().stream().map(EventsEndpoint::named).toList()));
        });
    }

    private static Map<String, Object> named(PublicEvents.Form form) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("type", form.type());
        named.put("revision", form.revision());
        named.put("description", form.words());
        named.put("dataschema", CloudEventForm.schema(form.type(), form.revision()));
        named.put("href", SCHEMAS + "/" + form.type() + "/" + form.revision());
        return named;
    }

    @GetMapping(SCHEMAS + "/{type}/{revision}")
    ResponseEntity<?> schema(
            HttpServletRequest request, @PathVariable("type") String type, @PathVariable("revision") String revision) {
        return gate.run(request, "GetEventSchema", "*", call -> {
            readers.require(call.caller(), "GetEventSchema");
            QueryParameters.of(call, Set.of());
            PublicEvents.Form asked = PublicEvents.of(type, revision)
                    .orElseThrow(() -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                            .advising("GET " + SCHEMAS + " has all there are."));
            return ResponseEntity.ok().contentType(SCHEMA).body(EventSchemas.of(asked));
        });
    }
}
