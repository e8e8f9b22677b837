package dev.keyledger.api.rest.audit;

import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.auditlog.LogRange;
import dev.keyledger.projection.auditlog.RecordFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a request asks of the log.
 *
 * @param range the part of the log that is left to be read
 * @param text what was asked, for the record of the asking
 * @param mark of the question, for its cursors
 */
record RecordQuestion(RecordFilter filter, LogRange range, String text, String mark) {

    /** Every parameter of the question. */
    static final Set<String> PARAMETERS = Set.of(
            "from",
            "to",
            "key",
            "alias",
            "principal",
            "action",
            "outcome",
            "source",
            "requestId",
            "contextKey",
            "contextValue",
            "fromIndex",
            "toIndex",
            "order",
            "cursor",
            "limit");

    static final List<String> OUTCOMES =
            List.of("Success", "Refused", "Denied", "Unauthenticated", "Malformed", "Failed");

    private static final int MAX_TEXT = 512;

    /** As long as a context may be. */
    private static final int MAX_CONTEXT = 8192;

    /**
     * Reads a question.
     *
     * @param asked all parameters as sent
     * @param size how far the log is known; what comes later belongs to a later question
     */
    static RecordQuestion read(QueryParameters query, Map<String, String> asked, long size) {
        RecordFilter filter = filter(query);
        boolean newestFirst =
                query.oneOf("order", List.of("asc", "desc")).orElse("asc").equals("desc");
        LogRange range = new LogRange(
                query.number("fromIndex", 0, Long.MAX_VALUE).orElse(0L),
                Math.min(size, query.number("toIndex", 0, Long.MAX_VALUE).orElse(size)),
                newestFirst);
        Map<String, String> question = new TreeMap<>(asked);
        question.keySet().retainAll(PARAMETERS);
        question.keySet().removeAll(Set.of("cursor", "limit", "order"));
        String mark = Cursor.markOf(question);
        LogRange left = query.text("cursor", MAX_TEXT)
                .map(text -> from(range, Cursor.parse(text, newestFirst, mark)))
                .orElse(range);
        return new RecordQuestion(filter, left, question.toString(), mark);
    }

    /** Where the next page begins. */
    Cursor cursor(LogRange rest) {
        return new Cursor(rest.newestFirst(), rest.newestFirst() ? rest.to() : rest.from(), mark);
    }

    private static LogRange from(LogRange range, Cursor cursor) {
        return range.newestFirst()
                ? new LogRange(range.from(), Math.min(range.to(), cursor.position()), true)
                : new LogRange(Math.max(range.from(), cursor.position()), range.to(), false);
    }

    private static RecordFilter filter(QueryParameters query) {
        String contextKey = query.text("contextKey", MAX_CONTEXT).orElse(null);
        String contextValue = query.text("contextValue", MAX_CONTEXT).orElse(null);
        if (contextValue != null && contextKey == null) {
            throw QueryParameters.invalid("contextValue", "It needs contextKey, the name whose value it is.");
        }
        return new RecordFilter(
                query.instant("from").orElse(null),
                query.instant("to").orElse(null),
                query.uuid("key").map(KeyId::of).orElse(null),
                query.text("alias", MAX_TEXT).orElse(null),
                query.text("principal", MAX_TEXT).orElse(null),
                query.text("action", MAX_TEXT).orElse(null),
                query.oneOf("outcome", OUTCOMES).orElse(null),
                query.text("source", MAX_TEXT).orElse(null),
                query.uuid("requestId").orElse(null),
                contextKey,
                contextValue);
    }
}
