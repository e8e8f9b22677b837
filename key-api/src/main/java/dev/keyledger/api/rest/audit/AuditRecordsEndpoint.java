package dev.keyledger.api.rest.audit;

import dev.keyledger.api.adapter.transparency.TransparencyLog;
import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.rest.AuditorGate;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.StreamLane;
import dev.keyledger.api.rest.audit.RecordSearch.Found;
import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.note.SignedNote;
import dev.keyledger.evidence.note.TlogProof;
import dev.keyledger.projection.auditlog.AuditLog.Entry;
import dev.keyledger.projection.auditlog.LogRange;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
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

    private static final String PROOF = "text/plain; charset=utf-8";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final AuditorGate gate;
    private final RecordSearch search;
    private final TransparencyLog log;
    private final StreamLane streams;

    AuditRecordsEndpoint(AuditorGate gate, RecordSearch search, TransparencyLog log, StreamLane streams) {
        this.gate = gate;
        this.search = search;
        this.log = log;
        this.streams = streams;
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
            return known.on(ResponseEntity.ok())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(RecordJson.of(index, record, log.inclusion(index)));
        });
    }

    /** That a record is in the log, in one file for programs that know C2SP tlog-proof; the record itself is not in it. */
    @GetMapping(COLLECTION + "/{logIndex}.tlog-proof")
    ResponseEntity<?> proof(HttpServletRequest request, @PathVariable("logIndex") String logIndex) {
        return gate.run(request, "GetAuditRecordProof", "*", Set.of(), (call, query) -> {
            TransparencyLog.Inclusion found = log.inclusion(index(logIndex))
                    .orElseThrow(() -> Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                            .advising("No checkpoint covers such a record; one is signed within five seconds."));
            SignedNote checkpoint = found.checkpoint().orElseThrow();
            return ResponseEntity.ok()
                    .header(HttpHeaders.CONTENT_TYPE, PROOF)
                    .body(TlogProof.of(found.proof(), checkpoint, new byte[0]).bytes());
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
        return known.on(ResponseEntity.ok())
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.toByteArray());
    }

    private ResponseEntity<?> stream(
            RecordQuestion question, LogRange range, QueryParameters query, KnownLog known, RecordFormat format) {
        long limit = query.number("limit", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
        return known.on(ResponseEntity.ok())
                .contentType(format.mediaType())
                .body(streams.body(new RecordStream(search, question, range, format, limit)));
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
