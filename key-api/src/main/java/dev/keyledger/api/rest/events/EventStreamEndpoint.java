package dev.keyledger.api.rest.events;

import dev.keyledger.api.auth.EventReaderRole;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.RestCall;
import dev.keyledger.api.rest.RestGate;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.projection.feed.FeedFilter;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/events/stream}: events as they happen, as server-sent events. The position of a client that comes back is in {@code Last-Event-ID},
 * which wins over the query, because such a client sends the query it began with.
 */
@RestController
class EventStreamEndpoint {

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private static final String BEGINNING = "beginning";
    private static final String NOW = "now";

    /** A place is free when somebody goes, which is in nobody's hands. */
    private static final String RETRY_AFTER_SECONDS = "30";

    private static final int MAX_FROM = 64;

    private final RestGate gate;
    private final EventReaderRole readers;
    private final AuditorLane lane;
    private final Feed feed;
    private final EventStreams streams;

    EventStreamEndpoint(RestGate gate, EventReaderRole readers, AuditorLane lane, Feed feed, EventStreams streams) {
        this.gate = gate;
        this.readers = readers;
        this.lane = lane;
        this.feed = feed;
        this.streams = streams;
    }

    @GetMapping(EventsEndpoint.COLLECTION + "/stream")
    @Nullable
    ResponseEntity<?> stream(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        @Nullable EventStream[] opened = new EventStream[1];
        ResponseEntity<?> answer = gate.run(request, EventStreams.ACTION, "*", call -> {
            readers.require(call.caller(), EventStreams.ACTION);
            EventStream stream = open(call, request.getHeader(LAST_EVENT_ID));
            opened[0] = stream;
            return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).build();
        });
        EventStream stream = opened[0];
        if (stream == null
                || answer.getStatusCode() != HttpStatus.OK
                || !request.getMethod().equals("GET")) {
            // Its record could not be written, or somebody wanted to know what the head of the answer would be.
            if (stream != null) {
                stream.end(EventStream.Ending.UNOPENED);
            }
            return refused(answer);
        }
        try {
            begin(stream, answer.getHeaders(), request, response);
        } catch (IOException | ServletException | RuntimeException failed) {
            stream.end(EventStream.Ending.LEFT);
            throw failed;
        }
        return null;
    }

    private static ResponseEntity<?> refused(ResponseEntity<?> answer) {
        boolean full = answer.getStatusCode() == HttpStatus.TOO_MANY_REQUESTS
                || answer.getStatusCode() == HttpStatus.SERVICE_UNAVAILABLE;
        return full
                ? ResponseEntity.status(answer.getStatusCode())
                        .headers(answer.getHeaders())
                        .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                        .body(answer.getBody())
                : answer;
    }

    private EventStream open(RestCall call, @Nullable String lastEventId) {
        QueryParameters query = QueryParameters.of(call, EventQuestion.OF_A_STREAM);
        String from = query.text(EventQuestion.FROM, MAX_FROM).orElse(null);
        Instant since = from == null || from.equals(BEGINNING) || from.equals(NOW) ? null : instant(from);
        FeedFilter filter = EventQuestion.filter(call, query, since, null);
        FeedPosition head = lane.read(call.audit().deadline(), feed::head);
        FeedPosition position;
        if (lastEventId != null && !lastEventId.isEmpty()) {
            position = EventQuestion.position(LAST_EVENT_ID, lastEventId, head);
        } else {
            FeedPosition beginning = from == null || from.equals(NOW) ? head : FeedPosition.BEGINNING;
            position = EventQuestion.after(query, head).orElse(beginning);
        }
        return streams.open(call.caller(), filter, position);
    }

    private static Instant instant(String text) {
        try {
            return QueryParameters.instant(EventQuestion.FROM, text);
        } catch (Refusal malformed) {
            throw malformed.advising(malformed.advice() + " Or it is beginning or now.");
        }
    }

    /** Sends the head of the answer, and takes the connection out of the request. */
    private static void begin(
            EventStream stream, HttpHeaders headers, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setStatus(HttpServletResponse.SC_OK);
        headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        // Its end is the end of the connection.
        response.setHeader(HttpHeaders.CONNECTION, "close");
        // Some proxies would keep events until they have a good many of them.
        response.setHeader("X-Accel-Buffering", "no");
        response.flushBuffer();
        request.upgrade(StreamConnection.class).serve(stream);
    }
}
