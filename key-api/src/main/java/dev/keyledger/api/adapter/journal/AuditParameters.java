package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.evidence.CanonicalJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of an audit record that are known before the statement runs, by parameter name. */
final class AuditParameters {

    /** Longest action kept, in characters: it comes from the client and may be anything. */
    private static final int MAX_ACTION = 128;

    private AuditParameters() {}

    static Map<String, @Nullable Object> of(AuditDraft draft, Outcome outcome, AuditRecords.Covered covered) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("request", draft.requestId());
        values.put("principal", draft.principal());
        values.put("accessKey", storable(draft.accessKeyId()));
        values.put("authMethod", draft.authMethod().toString());
        values.put("replayProtected", draft.replayProtected());
        values.put("sourceIp", storable(draft.sourceIp()));
        values.put("userAgent", storable(draft.userAgent()));
        values.put("action", storable(cut(draft.action())));
        values.put("keyVersion", draft.keyVersionId().map(Object::toString).orElse(null));
        values.put("alias", storable(draft.aliasUsed()));
        values.put("outcome", word(outcome.result()));
        values.put("error", outcome.errorCode());
        values.put("reason", storable(draft.internalReason()));
        values.put("callerReason", storable(draft.callerReason()));
        values.put("context", json(draft.context()));
        values.put("destinationContext", json(draft.destinationContext()));
        values.put("digest", draft.ciphertextDigest());
        values.put("inputSize", draft.inputBytes().orElse(null));
        values.put("outputSize", draft.outputBytes().orElse(null));
        values.put("eventIds", covered.eventIds().toArray(String[]::new));
        values.put(
                "eventDigests",
                covered.digests().stream().map(HexFormat.of()::formatHex).toArray(String[]::new));
        values.put("weak", draft.weakMaterial());
        values.put(
                "unrecoverable",
                draft.unrecoverableAfter().map(Instant::toString).orElse(null));
        return values;
    }

    private static String word(Outcome.Result result) {
        return result.name().charAt(0) + result.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static String json(Map<String, String> pairs) {
        return pairs.isEmpty() ? "" : CanonicalJson.text(pairs);
    }

    /** PostgreSQL's text has no place for the null character and UTF-8 none for half a surrogate pair. */
    private static String storable(String text) {
        StringBuilder kept = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                if (kept == null) {
                    kept = new StringBuilder(text);
                }
                kept.setCharAt(i, '\uFFFD');
            } else if (pair) {
                i++;
            }
        }
        return kept == null ? text : kept.toString();
    }

    private static String cut(String action) {
        return action.length() <= MAX_ACTION ? action : action.substring(0, MAX_ACTION);
    }
}
