package dev.keyledger.api.rest.history;

import dev.keyledger.api.rest.AuditorGate;
import dev.keyledger.api.rest.AuditorLane;
import dev.keyledger.api.rest.CursorText;
import dev.keyledger.api.rest.KnownLog;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.keyuse.KeyUseCounts;
import dev.keyledger.projection.sequencer.AuditIndex;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/keys/{id}/uses}: how often a key was used, by day, principal, action and outcome, and up to where in the log that is counted. */
@RestController
class KeyUsesEndpoint {

    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String LIMIT = "limit";
    private static final String CURSOR = "cursor";

    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_TEXT = 2_048;

    /** What the store can write. */
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);

    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    private static final Pattern DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    /** Key and last row of the page before; the row's texts as in a URL. */
    private static final Pattern FORM =
            Pattern.compile("1u([0-9a-f-]{36})/([0-9]{4}-[0-9]{2}-[0-9]{2})/([^/]*)/([^/]*)/([^/]*)");

    private final AuditorGate gate;
    private final AuditorLane lane;
    private final KeyUseCounts uses;
    private final KeyHistories histories;
    private final AuditIndex index;

    KeyUsesEndpoint(AuditorGate gate, AuditorLane lane, KeyUseCounts uses, KeyHistories histories, AuditIndex index) {
        this.gate = gate;
        this.lane = lane;
        this.uses = uses;
        this.histories = histories;
        this.index = index;
    }

    @GetMapping("/v1/keys/{id}/uses")
    ResponseEntity<?> read(HttpServletRequest request, @PathVariable("id") String id) {
        return gate.run(request, "GetKeyUses", id, Set.of(FROM, TO, LIMIT, CURSOR), (call, query) -> {
            KeyId keyId = KeyHistoryEndpoint.keyId(call, id);
            LocalDate from = day(query, FROM).orElse(FIRST_DAY);
            LocalDate to = day(query, TO).orElse(LAST_DAY);
            int limit = query.number(LIMIT, 1, MAX_LIMIT)
                    .orElse((long) DEFAULT_LIMIT)
                    .intValue();
            KeyUseCounts.Row after = query.text(CURSOR, MAX_TEXT)
                    .map(text -> after(text, keyId, from))
                    .orElse(KeyUseCounts.Row.before(from));
            return lane.read(call.audit().deadline(), () -> ResponseEntity.ok(page(keyId, after, to, limit)));
        });
    }

    private Map<String, Object> page(KeyId keyId, KeyUseCounts.Row after, LocalDate to, int limit) {
        // One more than asked for tells whether there is a next page.
        KeyUseCounts.Page page = uses.page(keyId, after, to, limit + 1);
        if (page.rows().isEmpty() && histories.part(keyId, 0, 1).events().isEmpty()) {
            throw KeyHistoryEndpoint.never();
        }
        List<KeyUseCounts.Row> rows =
                page.rows().subList(0, Math.min(limit, page.rows().size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("keyId", keyId.value());
        body.put("uses", rows.stream().map(KeyUsesEndpoint::row).toList());
        if (page.rows().size() > limit) {
            body.put("nextCursor", cursor(keyId, rows.get(limit - 1)));
        }
        body.put("counted", counted(page.counted()));
        body.put("parked", page.parked());
        body.put("log", HistoryJson.log(KnownLog.of(index)));
        return body;
    }

    private static Map<String, Object> row(KeyUseCounts.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("day", row.day().toString());
        if (!row.principal().isEmpty()) {
            json.put("principal", row.principal());
        }
        json.put("action", row.action());
        json.put("outcome", row.outcome());
        json.put("count", row.count());
        return json;
    }

    private static Map<String, Object> counted(KeyUseCounts.Counted counted) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("fromIndex", counted.fromIndex() == null ? 0 : counted.fromIndex());
        json.put("size", counted.size());
        if (counted.instant() != null) {
            json.put("instant", HistoryJson.instant(counted.instant()));
        }
        return json;
    }

    private static Optional<LocalDate> day(QueryParameters query, String name) {
        return query.text(name, MAX_TEXT).map(text -> {
            try {
                if (DAY.matcher(text).matches()) {
                    LocalDate day = LocalDate.parse(text);
                    if (!day.isBefore(FIRST_DAY)) {
                        return day;
                    }
                }
            } catch (DateTimeException noSuchDay) {
                // Falls through to the one refusal for everything that is no day.
            }
            throw QueryParameters.invalid(name, "It is a day in UTC, 2026-11-25 for example.");
        });
    }

    private static String cursor(KeyId keyId, KeyUseCounts.Row last) {
        return CursorText.of(String.join(
                "/",
                "1u" + keyId.value(),
                last.day().toString(),
                encoded(last.principal()),
                encoded(last.action()),
                encoded(last.outcome())));
    }

    private static KeyUseCounts.Row after(String cursor, KeyId keyId, LocalDate from) {
        Matcher parts = FORM.matcher(CursorText.plain(cursor));
        if (!parts.matches()) {
            throw CursorText.notOurs();
        }
        if (!parts.group(1).equals(keyId.value())) {
            throw QueryParameters.invalid(CURSOR, "It was given for the uses of another key.");
        }
        try {
            LocalDate day = LocalDate.parse(parts.group(2));
            return day.isBefore(from)
                    ? KeyUseCounts.Row.before(from)
                    : new KeyUseCounts.Row(
                            day, decoded(parts.group(3)), decoded(parts.group(4)), decoded(parts.group(5)), 0);
        } catch (DateTimeException | IllegalArgumentException forged) {
            throw CursorText.notOurs();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        String plain = URLDecoder.decode(text, StandardCharsets.UTF_8);
        if (plain.indexOf('\0') >= 0) {
            throw CursorText.notOurs();
        }
        return plain;
    }
}
