package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.report.ReportRunner;
import dev.keyledger.projection.report.Reports;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/reports}: how far each report has followed the audit log, what it could not digest, and what an operator may do about that. A change
 * is only noted here; the report's next turn, on whatever node, does it.
 */
@RestController
class ReportsEndpoint {

    private static final String COLLECTION = "/v1/reports";
    private static final String ONE = COLLECTION + "/{name}";
    private static final String PARKED = ONE + "/parked";

    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_TEXT = 512;

    private static final Pattern FORM = Pattern.compile("1r([0-9]{1,18})");
    private static final Pattern PLACE = Pattern.compile("0|[1-9][0-9]{0,17}");

    private final AuditorGate auditors;
    private final AuditorLane lane;
    private final RestGate gate;
    private final AuditedChanges changes;
    private final Reports reports;
    private final ReportRunner runner;

    ReportsEndpoint(
            AuditorGate auditors,
            AuditorLane lane,
            RestGate gate,
            AuditedChanges changes,
            Reports reports,
            ReportRunner runner) {
        this.auditors = auditors;
        this.lane = lane;
        this.gate = gate;
        this.changes = changes;
        this.reports = reports;
        this.runner = runner;
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return auditors.run(
                request,
                "ListReports",
                "*",
                Set.of(),
                (call, query) -> lane.read(
                        call.audit().deadline(),
                        () -> ResponseEntity.ok(Map.of(
                                "reports",
                                reports.all().stream().map(this::status).toList()))));
    }

    @GetMapping(PARKED)
    ResponseEntity<?> parked(HttpServletRequest request, @PathVariable("name") String name) {
        return auditors.run(request, "ListParkedRecords", name, Set.of("limit", "cursor"), (call, query) -> {
            int limit = query.number("limit", 1, MAX_LIMIT)
                    .orElse((long) DEFAULT_LIMIT)
                    .intValue();
            long from =
                    query.text("cursor", MAX_TEXT).map(ReportsEndpoint::from).orElse(0L);
            return lane.read(call.audit().deadline(), () -> {
                require(name);
                // One more than asked for tells whether there is a next page.
                List<Reports.Parked> found = reports.parked(name, from, limit + 1);
                List<Reports.Parked> page = found.subList(0, Math.min(limit, found.size()));
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("parked", page.stream().map(ReportsEndpoint::parked).toList());
                if (found.size() > limit) {
                    body.put("nextCursor", CursorText.of("1r" + found.get(limit).logIndex()));
                }
                return ResponseEntity.ok(body);
            });
        });
    }

    @PostMapping(ONE + "/retry")
    ResponseEntity<?> retry(HttpServletRequest request, @PathVariable("name") String name) {
        return change(request, "RetryParkedRecords", name, name, () -> Map.of("parked", reports.retry(name)));
    }

    @PostMapping(ONE + "/rebuild")
    ResponseEntity<?> rebuild(HttpServletRequest request, @PathVariable("name") String name) {
        return change(request, "RebuildReport", name, name, () -> {
            reports.rebuild(name);
            return Map.of("rebuilding", true);
        });
    }

    @DeleteMapping(PARKED + "/{logIndex}")
    ResponseEntity<?> evict(
            HttpServletRequest request, @PathVariable("name") String name, @PathVariable("logIndex") String logIndex) {
        return change(request, "EvictParkedRecord", name, name + " " + logIndex, () -> {
            if (!PLACE.matcher(logIndex).matches() || !reports.evict(name, Long.parseLong(logIndex))) {
                throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                        .advising("Nothing is parked there; GET " + COLLECTION + "/" + name + "/parked lists what is.");
            }
            return Map.of("evicted", true);
        });
    }

    private ResponseEntity<?> change(
            HttpServletRequest request, String action, String name, String note, Supplier<Map<String, Object>> change) {
        return gate.run(
                request,
                action,
                name,
                call -> changes.noted(
                        call,
                        note,
                        () -> {
                            require(name);
                            return change.get();
                        },
                        runner::lookAgain));
    }

    private void require(String name) {
        if (reports.named(name).isEmpty()) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                    .advising("There is no report of this name; GET " + COLLECTION + " lists them.");
        }
    }

    private Map<String, Object> status(Reports.Status status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", status.name());
        json.put("version", status.version());
        json.put("loaded", runner.names().contains(status.name()));
        json.put("fromIndex", status.firstIndex() == null ? 0 : status.firstIndex());
        json.put("size", status.nextIndex());
        if (status.readTo() != null) {
            json.put("instant", status.readTo().toString());
        }
        json.put("lag", status.lag());
        json.put("parked", status.parked());
        json.put("standing", status.standing());
        json.put("retrying", status.retrying());
        json.put("rebuilding", status.rebuilding());
        return json;
    }

    private static Map<String, Object> parked(Reports.Parked parked) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("logIndex", parked.logIndex());
        json.put("keyIds", parked.keyIds().stream().map(UUID::toString).toList());
        if (parked.reason() != null) {
            json.put("reason", parked.reason());
        }
        json.put("parkedAt", parked.parkedAt().toString());
        return json;
    }

    private static long from(String cursor) {
        Matcher parts = FORM.matcher(CursorText.plain(cursor));
        if (!parts.matches()) {
            throw CursorText.notOurs();
        }
        return Long.parseLong(parts.group(1));
    }
}
