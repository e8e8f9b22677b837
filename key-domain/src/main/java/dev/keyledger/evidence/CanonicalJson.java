package dev.keyledger.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
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
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CanonicalJson() {}

    /**
     * The canonical text of an object. Written by plain loops: every record of the log is written so once, and a JSON library's tree of it
     * takes longer than all the rest of its way into the log.
     *
     * @throws IllegalArgumentException for a value of another kind, an integer beyond 53 bits, or text that is no well-formed Unicode
     */
    public static String text(Map<String, ?> object) {
        StringBuilder out = new StringBuilder(512);
        object(out, object);
        return out.toString();
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
    private static void object(StringBuilder out, Map<?, ?> object) {
        boolean inOrder = object instanceof SortedMap<?, ?> sorted && sorted.comparator() == null;
        char before = '{';
        for (Map.Entry<?, ?> member : (inOrder ? object : new TreeMap<>(object)).entrySet()) {
            member(out.append(before), (String) member.getKey(), member.getValue());
            before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
    }

    private static void member(StringBuilder out, String name, Object value) {
        string(out, name);
        value(out.append(':'), value);
    }

    /** A value of a member. */
    static void value(StringBuilder out, Object value) {
        if (value instanceof String text) {
            string(out, text);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Long || value instanceof Integer) {
            long number = ((Number) value).longValue();
            if (number > MAX_INTEGER || number < -MAX_INTEGER) {
                throw new IllegalArgumentException("integer beyond 53 bits");
            }
            out.append(number);
        } else if (value instanceof Collection<?> items) {
            char before = '[';
            for (Object item : items) {
                value(out.append(before), item);
                before = ',';
            }
            out.append(before == '[' ? "[]" : "]");
        } else if (value instanceof Map<?, ?> map) {
            object(out, map);
        } else {
            throw new IllegalArgumentException(
                    "no canonical form for " + value.getClass().getName());
        }
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        int written = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new IllegalArgumentException("half a surrogate pair has no UTF-8 form");
                }
                i++;
                continue;
            }
            out.append(text, written, i);
            escaped(out, c);
            written = i + 1;
        }
        // Nearly always nothing was escaped, and a whole string is copied while a part of one is appended character by
        // character.
        (written == 0 ? out.append(text) : out.append(text, written, text.length())).append('"');
    }

    /** RFC 8785 §3.2.2.2: the short forms where there are any, else lower-case hexadecimal; nothing is escaped that need not be. */
    private static void escaped(StringBuilder out, char c) {
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\b' -> out.append("\\b");
            case '\t' -> out.append("\\t");
            case '\n' -> out.append("\\n");
            case '\f' -> out.append("\\f");
            case '\r' -> out.append("\\r");
            default -> out.append(c < 0x10 ? "\\u000" : "\\u00").append(Integer.toHexString(c));
        }
    }
}
