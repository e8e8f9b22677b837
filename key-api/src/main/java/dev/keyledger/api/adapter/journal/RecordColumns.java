package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.adapter.journal.JournalEntry.Demand;
import dev.keyledger.api.adapter.journal.JournalEntry.Touch;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.evidence.CanonicalJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a record before the statement that writes it. Texts are null where the record has nothing.
 *
 * @param nonceHash lower-case hexadecimal; null if there is no nonce to be used up
 * @param nonceHour hour of the signed time stamp, ISO 8601
 * @param accessKeyRemembered the access key was found in memory, so that whether it still counts is decided by the statement
 * @param outcome what the record says if neither the sender nor a key's state says otherwise
 * @param eventIds PostgreSQL's text of an array
 * @param eventDigests the same
 * @param touches in the order of the record's keys, no key twice
 */
record RecordColumns(
        String requestId,
        @Nullable String principal,
        @Nullable String accessKeyId,
        boolean accessKeyRemembered,
        String authMethod,
        @Nullable String nonceHash,
        @Nullable String nonceHour,
        @Nullable String sourceIp,
        @Nullable String userAgent,
        String action,
        @Nullable String keyVersionId,
        @Nullable String aliasUsed,
        Outcome outcome,
        @Nullable String reason,
        @Nullable String callerReason,
        @Nullable String context,
        @Nullable String destinationContext,
        @Nullable String digest,
        @Nullable Integer inputSize,
        @Nullable Integer outputSize,
        String eventIds,
        String eventDigests,
        @Nullable String weakMaterial,
        @Nullable String unrecoverableAfter,
        List<Touch> touches) {

    /** Longest action kept, in characters: it comes from the client and may be anything. */
    private static final int MAX_ACTION = 128;

    /** The record of a request that touches keys without a demand. */
    static RecordColumns of(AuditDraft draft, Outcome outcome, AuditRecords.Covered covered) {
        List<Touch> touches = new ArrayList<>();
        for (KeyId keyId : draft.keyIds()) {
            touches.add(
                    new Touch(keyId.asUuid(), Demand.NONE, covered.versions().get(keyId.value()), null));
        }
        return of(draft, outcome, covered, touches);
    }

    static RecordColumns of(AuditDraft draft, Outcome outcome, AuditRecords.Covered covered, List<Touch> touches) {
        @Nullable String nonceHash = null;
        @Nullable String nonceHour = null;
        if (draft.nonce().isPresent()) {
            RequestNonce nonce = RequestNonce.of(
                    draft.accessKeyId(), draft.nonce().get(), draft.signedAt().orElseThrow());
            nonceHash = HexFormat.of().formatHex(nonce.hash());
            nonceHour = nonce.signedHour().toString();
        }
        return new RecordColumns(
                draft.requestId(),
                orNull(draft.principal()),
                storable(draft.accessKeyId()),
                draft.accessKeyRemembered(),
                draft.authMethod().toString(),
                nonceHash,
                nonceHour,
                storable(draft.sourceIp()),
                storable(draft.userAgent()),
                Objects.requireNonNullElse(storable(cut(draft.action())), ""),
                draft.keyVersionId().map(Object::toString).orElse(null),
                storable(draft.aliasUsed()),
                outcome,
                storable(draft.internalReason()),
                storable(draft.callerReason()),
                json(draft.context()),
                json(draft.destinationContext()),
                orNull(draft.ciphertextDigest()),
                draft.inputBytes().orElse(null),
                draft.outputBytes().orElse(null),
                array(covered.eventIds(), ""),
                array(covered.digests().stream().map(HexFormat.of()::formatHex).toList(), "\\\\x"),
                orNull(draft.weakMaterial()),
                draft.unrecoverableAfter().map(Instant::toString).orElse(null),
                touches);
    }

    /** Whether the record has what only those of changes have: events, a warning about material, an instant of destruction. */
    boolean isOfChange() {
        return !eventIds.equals("{}") || weakMaterial != null || unrecoverableAfter != null;
    }

    /** As stored: the name of the result with a capital first letter. */
    String outcomeWord() {
        return switch (outcome.result()) {
            case SUCCESS -> "Success";
            case REFUSED -> "Refused";
            case DENIED -> "Denied";
            case UNAUTHENTICATED -> "Unauthenticated";
            case MALFORMED -> "Malformed";
            case FAILED -> "Failed";
        };
    }

    /** Event identifiers and hexadecimal digits need no escaping inside the quotes. */
    private static String array(Iterable<String> plainElements, String prefix) {
        StringBuilder text = new StringBuilder("{");
        for (String element : plainElements) {
            text.append(text.length() == 1 ? "\"" : ",\"")
                    .append(prefix)
                    .append(element)
                    .append('"');
        }
        return text.append('}').toString();
    }

    private static @Nullable String json(Map<String, String> pairs) {
        return pairs.isEmpty() ? null : CanonicalJson.text(pairs);
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** PostgreSQL's text has no place for the null character and UTF-8 none for half a surrogate pair. Empty becomes null. */
    private static @Nullable String storable(String text) {
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
        return kept == null ? orNull(text) : kept.toString();
    }

    private static String cut(String action) {
        return action.length() <= MAX_ACTION ? action : action.substring(0, MAX_ACTION);
    }

    @Override
    public String toString() {
        return "RecordColumns[" + requestId + " " + outcomeWord() + "]";
    }
}
