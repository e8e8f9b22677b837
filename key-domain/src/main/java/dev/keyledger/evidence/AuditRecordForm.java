package dev.keyledger.evidence;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One audit record as it is proved to others: format 1, ADR 0007. The stored columns are the record; this is what they say, and {@link
 * #canonical} the bytes it is hashed by. A column that is empty is left out, so a column added later changes no earlier record.
 *
 * @param recordId order of insertion; has gaps
 * @param time store time, milliseconds
 * @param node which node wrote it
 * @param requestId UUID answered to the client
 * @param principal null if the request is not authenticated
 * @param accessKeyId as claimed, if the claim did not hold
 * @param authMethod how the request was proved, or was meant to be
 * @param replayProtected whether a replay of the request would be noticed
 * @param sourceIp numeric address; null for acts of the system
 * @param userAgent at most 256 characters
 * @param action name of the operation
 * @param keyIds all keys touched, the main one first
 * @param keyStateVersions for each of them the sequence number of its last event as seen by this record; -1 for none
 * @param keyVersionId the version used
 * @param aliasUsed alias by which the caller named the key
 * @param outcome {@code Success}, {@code Refused}, {@code Denied}, {@code Unauthenticated}, {@code Malformed} or {@code Failed}
 * @param errorCode wire code; null exactly for success
 * @param reason why, beyond the code; never told to the client
 * @param callerReason why the caller says it does this; at most 256 characters
 * @param context encryption context; of ReEncrypt, the source's; empty for none
 * @param destinationContext encryption context of ReEncrypt's destination; empty for none
 * @param digest SHA-256 of the ciphertext made or opened, lower-case hexadecimal
 * @param inputSize bytes taken in
 * @param outputSize bytes given out
 * @param eventIds events of the same transaction, in order
 * @param eventDigests their digests in the same order, lower-case hexadecimal
 * @param policyId the policy that decided
 * @param weakMaterial why imported material looks weak
 * @param unrecoverableAfter when the last back-up that could restore destroyed material has lapsed
 */
public record AuditRecordForm(
        long recordId,
        Instant time,
        String node,
        String requestId,
        @Nullable String principal,
        @Nullable String accessKeyId,
        String authMethod,
        boolean replayProtected,
        @Nullable String sourceIp,
        @Nullable String userAgent,
        String action,
        List<String> keyIds,
        List<Long> keyStateVersions,
        @Nullable String keyVersionId,
        @Nullable String aliasUsed,
        String outcome,
        @Nullable String errorCode,
        @Nullable String reason,
        @Nullable String callerReason,
        Map<String, String> context,
        Map<String, String> destinationContext,
        @Nullable String digest,
        @Nullable Integer inputSize,
        @Nullable Integer outputSize,
        List<String> eventIds,
        List<String> eventDigests,
        @Nullable String policyId,
        @Nullable String weakMaterial,
        @Nullable Instant unrecoverableAfter) {

    /** The only format so far; stored with each record. */
    public static final int FORMAT = 1;

    /** Longest canonical form, in bytes: what an entry of a tiled transparency log can hold. */
    public static final int MAX_BYTES = 65_535;

    public AuditRecordForm {
        keyIds = List.copyOf(keyIds);
        keyStateVersions = List.copyOf(keyStateVersions);
        context = Map.copyOf(context);
        destinationContext = Map.copyOf(destinationContext);
        eventIds = List.copyOf(eventIds);
        eventDigests = List.copyOf(eventDigests);
        if (keyIds.size() != keyStateVersions.size() || eventIds.size() != eventDigests.size()) {
            throw new IllegalArgumentException("every key has a version seen, every event a digest");
        }
    }

    /** The canonical bytes: RFC 8785 JSON in UTF-8, at most {@value #MAX_BYTES}. */
    public byte[] canonical() {
        byte[] bytes = new CanonicalMembers.Writer()
                .put("accessKeyId", accessKeyId)
                .put("action", action)
                .put("aliasUsed", aliasUsed)
                .put("authMethod", authMethod)
                .put("callerReason", callerReason)
                .put("context", orAbsent(context))
                .put("destinationContext", orAbsent(destinationContext))
                .put("digest", digest)
                .put("errorCode", errorCode)
                .put("eventDigests", eventDigests)
                .put("eventIds", eventIds)
                .put("format", FORMAT)
                .put("inputSize", inputSize)
                .put("keyIds", keyIds)
                .put("keyStateVersions", keyStateVersions)
                .put("keyVersionId", keyVersionId)
                .put("node", node)
                .put("outcome", outcome)
                .put("outputSize", outputSize)
                .put("policyId", policyId)
                .put("principal", principal)
                .put("reason", reason)
                .put("recordId", recordId)
                .put("replayProtected", replayProtected)
                .put("requestId", requestId)
                .put("sourceIp", sourceIp)
                .put("time", time)
                .put("unrecoverableAfter", unrecoverableAfter)
                .put("userAgent", userAgent)
                .put("weakMaterial", weakMaterial)
                .bytes();
        if (bytes.length > MAX_BYTES) {
            throw new IllegalStateException("an audit record of " + bytes.length + " bytes");
        }
        return bytes;
    }

    /**
     * Reads canonical bytes back.
     *
     * @throws IllegalArgumentException if they are not, to the byte, the canonical form of a record of format 1
     */
    public static AuditRecordForm parse(byte[] canonical) {
        if (canonical.length > MAX_BYTES) {
            throw new IllegalArgumentException("longer than any audit record");
        }
        CanonicalMembers.Reader in = new CanonicalMembers.Reader(canonical);
        if (in.number("format") != FORMAT) {
            throw new IllegalArgumentException("an audit record of an unknown format");
        }
        AuditRecordForm form = new AuditRecordForm(
                in.number("recordId"),
                in.instantAt("time"),
                in.text("node"),
                in.text("requestId"),
                in.optionalText("principal"),
                in.optionalText("accessKeyId"),
                in.text("authMethod"),
                in.flag("replayProtected"),
                in.optionalText("sourceIp"),
                in.optionalText("userAgent"),
                in.text("action"),
                in.texts("keyIds"),
                in.numbers("keyStateVersions"),
                in.optionalText("keyVersionId"),
                in.optionalText("aliasUsed"),
                in.text("outcome"),
                in.optionalText("errorCode"),
                in.optionalText("reason"),
                in.optionalText("callerReason"),
                in.pairs("context"),
                in.pairs("destinationContext"),
                in.optionalText("digest"),
                in.optionalInteger("inputSize"),
                in.optionalInteger("outputSize"),
                in.texts("eventIds"),
                in.texts("eventDigests"),
                in.optionalText("policyId"),
                in.optionalText("weakMaterial"),
                in.optionalInstant("unrecoverableAfter"));
        in.end();
        if (!Arrays.equals(form.canonical(), canonical)) {
            throw new IllegalArgumentException("not the canonical form");
        }
        return form;
    }

    private static @Nullable Map<String, String> orAbsent(Map<String, String> pairs) {
        return pairs.isEmpty() ? null : pairs;
    }
}
