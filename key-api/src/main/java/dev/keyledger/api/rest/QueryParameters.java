package dev.keyledger.api.rest;

import dev.keyledger.api.protocol.CallerReason;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The query of a request, read strictly: a parameter that the endpoint does not have is refused and not passed over, because the caller
 * would take the answer for what it asked. Every refusal says what would do.
 */
public final class QueryParameters {

    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

    /** What of a caller's text is shown back. */
    private static final int SHOWN = 64;

    private final Map<String, String> query;

    private QueryParameters(Map<String, String> query) {
        this.query = query;
    }

    /**
     * The parameters of a request.
     *
     * @param known names that the endpoint has
     * @throws Refusal {@code INVALID_PARAMETER} for any other
     */
    public static QueryParameters of(RestCall call, Collection<String> known) {
        for (String sent : call.queries().keySet()) {
            if (!known.contains(sent) && !sent.equals(CallerReason.NAME)) {
                throw invalid(
                        sent.length() > SHOWN ? sent.substring(0, SHOWN) : sent,
                        known.isEmpty()
                                ? "This endpoint has no parameters."
                                : "This endpoint has: " + String.join(", ", new TreeSet<>(known)) + ".");
            }
        }
        return new QueryParameters(call.queries());
    }

    /** A parameter that is there; empty text is refused, because nobody means it. */
    public Optional<String> text(String name, int maxCharacters) {
        String value = query.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.isEmpty() || value.length() > maxCharacters || value.indexOf('\0') >= 0) {
            throw invalid(name, "It is text of 1 to " + maxCharacters + " characters.");
        }
        return Optional.of(value);
    }

    /** One of some words. */
    public Optional<String> oneOf(String name, List<String> words) {
        String value = query.get(name);
        if (value != null && !words.contains(value)) {
            throw invalid(name, "It is one of: " + String.join(", ", words) + ".");
        }
        return Optional.ofNullable(value);
    }

    /** A whole number. */
    public Optional<Long> number(String name, long min, long max) {
        String value = query.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (NUMBER.matcher(value).matches()) {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return Optional.of(number);
            }
        }
        throw invalid(name, "It is a whole number from " + min + " to " + max + ".");
    }

    /** An instant. */
    public Optional<Instant> instant(String name) {
        return Optional.ofNullable(query.get(name)).map(text -> instant(name, text));
    }

    /** An instant in ISO 8601, with an offset from UTC. */
    public static Instant instant(String name, String text) {
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            // What the store and the answers can write.
            if (!instant.isBefore(Instant.parse("0001-01-01T00:00:00Z"))
                    && instant.isBefore(Instant.parse("+10000-01-01T00:00:00Z"))) {
                return instant;
            }
        } catch (DateTimeException malformed) {
            // Falls through to the one refusal for everything that is not an instant.
        }
        throw invalid(name, "It is an instant in ISO 8601 with its offset, 2026-11-25T08:09:10.120Z for example.");
    }

    /** A UUID. */
    public Optional<UUID> uuid(String name) {
        String value = query.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!KeyId.isKeyId(value)) {
            throw invalid(name, "It is a UUID in lower case.");
        }
        return Optional.of(UUID.fromString(value));
    }

    /** The refusal of a value. */
    public static Refusal invalid(String name, String advice) {
        return Refusal.of(ErrorCode.INVALID_PARAMETER, name).advising(advice);
    }
}
