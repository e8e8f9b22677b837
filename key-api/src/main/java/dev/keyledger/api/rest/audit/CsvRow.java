package dev.keyledger.api.rest.audit;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.evidence.CanonicalJson;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records as rows of a table, RFC 4180: comma, CRLF, a quote doubled. A cell that a spreadsheet would take for a formula is preceded by an
 * apostrophe, because its text may be an attacker's: a user agent is enough.
 */
final class CsvRow {

    /** Names of the columns; the record's members in the order of ADR 0007. Only ever added to at the end. */
    static final List<String> HEADER = List.of(
            "logIndex",
            "recordId",
            "time",
            "node",
            "requestId",
            "principal",
            "accessKeyId",
            "authMethod",
            "replayProtected",
            "sourceIp",
            "userAgent",
            "action",
            "keyIds",
            "keyStateVersions",
            "keyVersionId",
            "aliasUsed",
            "outcome",
            "errorCode",
            "reason",
            "callerReason",
            "context",
            "destinationContext",
            "digest",
            "inputSize",
            "outputSize",
            "eventIds",
            "eventDigests",
            "policyId",
            "weakMaterial",
            "unrecoverableAfter");

    private static final String FORMULA = "=+-@\t\r";

    private final StringBuilder line = new StringBuilder(512);

    private CsvRow() {}

    /** The header line. */
    static String header() {
        return String.join(",", HEADER) + "\r\n";
    }

    /** One record; lists are separated by spaces, contexts are JSON. */
    static String of(long logIndex, AuditRecordForm record) {
        return new CsvRow()
                .add(logIndex)
                .add(record.recordId())
                .add(record.time())
                .add(record.node())
                .add(record.requestId())
                .add(record.principal())
                .add(record.accessKeyId())
                .add(record.authMethod())
                .add(record.replayProtected())
                .add(record.sourceIp())
                .add(record.userAgent())
                .add(record.action())
                .add(list(record.keyIds()))
                .add(list(record.keyStateVersions()))
                .add(record.keyVersionId())
                .add(record.aliasUsed())
                .add(record.outcome())
                .add(record.errorCode())
                .add(record.reason())
                .add(record.callerReason())
                .add(pairs(record.context()))
                .add(pairs(record.destinationContext()))
                .add(record.digest())
                .add(record.inputSize())
                .add(record.outputSize())
                .add(list(record.eventIds()))
                .add(list(record.eventDigests()))
                .add(record.policyId())
                .add(record.weakMaterial())
                .add(record.unrecoverableAfter())
                .end();
    }

    private CsvRow add(@Nullable Object value) {
        if (!line.isEmpty()) {
            line.append(',');
        }
        String text = value == null ? "" : value.toString();
        String cell = text.isEmpty() || FORMULA.indexOf(text.charAt(0)) < 0 ? text : "'" + text;
        if (cell.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')) {
            line.append('"').append(cell.replace("\"", "\"\"")).append('"');
        } else {
            line.append(cell);
        }
        return this;
    }

    private String end() {
        return line.append("\r\n").toString();
    }

    private static String list(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private static String pairs(Map<String, String> pairs) {
        return pairs.isEmpty() ? "" : CanonicalJson.text(pairs);
    }
}
