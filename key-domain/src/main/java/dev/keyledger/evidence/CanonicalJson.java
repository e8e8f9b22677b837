package dev.keyledger.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * RFC 8785 canonical JSON for the few kinds of values our formats have: objects, arrays, text, booleans and integers of at most 53 bits.
 * There are no fractions, whose canonical form is the hard part of the RFC, and no nulls: what is absent is left out.
 */
public final class CanonicalJson {

    /** The largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3, appendix D). */
    private static final long MAX_INTEGER = (1L << 53) - 1;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    // RFC 8785 §3.2.2.2: lower-case hexadecimal, and nothing escaped that need not be.
                    .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                    .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                    .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CanonicalJson() {}

    /**
     * The canonical text of an object.
     *
     * @throws IllegalArgumentException for a value of another kind, an integer beyond 53 bits, or text that is no well-formed Unicode
     */
    public static String text(Map<String, ?> object) {
        return JSON.writeValueAsString(sorted(object));
    }

    /** The canonical text as UTF-8. */
    public static byte[] bytes(Map<String, ?> object) {
        return text(object).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads an object that must be canonical already, to the byte.
     *
     * @throws IllegalArgumentException if it is not
     */
    static JsonNode parse(byte[] canonical) {
        JsonNode node;
        try {
            node = JSON.readTree(canonical);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("not JSON", malformed);
        }
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException("not a JSON object");
        }
        return node;
    }

    /** String's own order is that of UTF-16 code units, which is the RFC's (§3.2.3). */
    private static Map<String, Object> sorted(Map<String, ?> object) {
        Map<String, Object> members = new TreeMap<>();
        object.forEach((name, value) -> members.put(wellFormed(name), canonical(value)));
        return members;
    }

    private static Object canonical(Object value) {
        if (value instanceof String text) {
            return wellFormed(text);
        }
        if (value instanceof Boolean) {
            return value;
        }
        if (value instanceof Long || value instanceof Integer) {
            long number = ((Number) value).longValue();
            if (number > MAX_INTEGER || number < -MAX_INTEGER) {
                throw new IllegalArgumentException("integer beyond 53 bits");
            }
            return number;
        }
        if (value instanceof Collection<?> items) {
            return items.stream().map(CanonicalJson::canonical).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new TreeMap<>();
            map.forEach((name, member) -> members.put(wellFormed((String) name), canonical(member)));
            return members;
        }
        throw new IllegalArgumentException(
                "no canonical form for " + value.getClass().getName());
    }

    private static String wellFormed(String text) {
        boolean broken = text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (broken) {
            throw new IllegalArgumentException("half a surrogate pair has no UTF-8 form");
        }
        return text;
    }
}
