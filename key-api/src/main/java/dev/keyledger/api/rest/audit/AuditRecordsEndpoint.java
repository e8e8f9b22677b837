package dev.keyledger.api.rest.audit;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.AuditorGate;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.audit.RecordSearch.Found;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.projection.auditlog.AuditLog.Entry;
import dev.keyledger.projection.auditlog.LogRange;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/audit/records}: what the log says, by page (JSON) or all at once (NDJSON, CSV). Every answer tells how far the log is known;
 * what is younger has no place yet and is in no answer.
 */
@RestController
class AuditRecordsEndpoint {

    private static final String COLLECTION = "/v1/audit/records";

    /** How far the log is known, for answers whose body has no place for it. */
    static final String SIZE_HEADER = "x-keyledger-log-size";

    static final String LAG_HEADER = "x-keyledger-log-lag-seconds";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    /** Each holds a thread of the server for as long as its client likes. */
    private static final int STREAMS = 8;

    private final AuditorGate gate;
    private final RecordSearch search;
    private final Semaphore streams = new Semaphore(STREAMS, true);

    AuditRecordsEndpoint(AuditorGate gate, RecordSearch search) {
        this.gate = gate;
        this.search = search;
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return gate.run(request, "ListAuditRecords", "*", RecordQuestion.PARAMETERS, (call, query) -> {
            RecordFormat format = RecordFormat.of(request.getHeader(HttpHeaders.ACCEPT));
            Deadline deadline = call.audit().deadline();
            KnownLog known = search.known(deadline);
            RecordQuestion question = RecordQuestion.read(query, call.queries(), known.size());
            call.audit().internalReason(question.text());
            LogRange range = search.bounds(question, deadline);
            return format == RecordFormat.JSON
                    ? page(question, range, query, known, deadline)
                    : stream(question, range, query, known, format);
        });
    }

    @GetMapping(COLLECTION + "/{logIndex}")
    ResponseEntity<?> read(HttpServletRequest request, @PathVariable("logIndex") String logIndex) {
        return gate.run(request, "GetAuditRecord", "*", Set.of(), (call, query) -> {
            long index = index(logIndex);
            Deadline deadline = call.audit().deadline();
            KnownLog known = search.known(deadline);
            AuditRecordForm record = search.at(index, deadline)
                    .orElseThrow(() -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                            .advising("The log is known up to index " + (known.size() - 1) + "."));
            return withState(ResponseEntity.ok(), known)
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(RecordJson.of(index, record));
        });
    }

    private ResponseEntity<?> page(
            RecordQuestion question, LogRange range, QueryParameters query, KnownLog known, Deadline deadline) {
        int limit =
                query.number("limit", 1, MAX_LIMIT).orElse((long) DEFAULT_LIMIT).intValue();
        Found found = search.find(question, range, limit, deadline);
        ByteArrayOutputStream json = new ByteArrayOutputStream(4096);
        put(json, "{\"records\":[");
        String comma = "";
        for (Entry<AuditRecordForm> entry : found.records()) {
            put(json, comma);
            json.writeBytes(RecordJson.of(entry.logIndex(), entry.record()));
            comma = ",";
        }
        put(json, "],");
        if (!found.rest().isEmpty()) {
            put(json, "\"nextCursor\":\"" + question.cursor(found.rest()).text() + "\",");
        }
        put(json, "\"log\":{\"size\":" + known.size() + ",\"lagSeconds\":" + known.lagSeconds() + "}}");
        return withState(ResponseEntity.ok(), known)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.toByteArray());
    }

    private ResponseEntity<?> stream(
            RecordQuestion question, LogRange range, QueryParameters query, KnownLog known, RecordFormat format) {
        if (streams.availablePermits() == 0) {
            throw Refusal.of(ErrorCode.THROTTLING).because("too many streams at a time");
        }
        long limit = query.number("limit", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
        return withState(ResponseEntity.ok(), known)
                .contentType(format.mediaType())
                .body(new RecordStream(search, question, range, format, limit, streams));
    }

    private static ResponseEntity.BodyBuilder withState(ResponseEntity.BodyBuilder answer, KnownLog known) {
        return answer.header(SIZE_HEADER, Long.toString(known.size()))
                .header(LAG_HEADER, Double.toString(known.lagSeconds()));
    }

    private static long index(String text) {
        if (text.matches("0|[1-9][0-9]{0,17}")) {
            return Long.parseLong(text);
        }
        throw QueryParameters.invalid("logIndex", "It is the place of a record in the log: 0, 1, 2 …");
    }

    private static void put(ByteArrayOutputStream json, String text) {
        json.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
