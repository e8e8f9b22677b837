package dev.keyledger.api.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one encoding that signatures are made over: RFC 3986, UTF-8, everything but the unreserved characters as upper-case {@code %XX}. Pure
 * functions; each writes its result in one pass.
 */
public final class PercentEncoding {

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();
    private static final boolean[] UNRESERVED = new boolean[128];

    static {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~".toCharArray()) {
            UNRESERVED[c] = true;
        }
    }

    /** How often a text is encoded: in a query once, in what is signed of a query twice. */
    private enum Times {
        ONCE("%", "&", "="),
        TWICE("%25", "%26", "%3D");

        private final String escape;
        private final String and;
        private final String equal;

        Times(String escape, String and, String equal) {
            this.escape = escape;
            this.and = and;
            this.equal = equal;
        }
    }

    private PercentEncoding() {}

    /** {@code name=value} joined by {@code &}, sorted by UTF-16 unit of the decoded names. */
    public static String canonicalQuery(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder(256);
        append(query, parameters, null, true, Times.ONCE);
        return query.toString();
    }

    /**
     * Appends the canonical query, encoded once more as a whole, of all parameters but one.
     *
     * @param withEmpty whether parameters with an empty value are part of it
     */
    static void appendEncodedQuery(
            StringBuilder target, Map<String, String> parameters, String except, boolean withEmpty) {
        append(target, parameters, except, withEmpty, Times.TWICE);
    }

    private static void append(
            StringBuilder target,
            Map<String, String> parameters,
            @Nullable String except,
            boolean withEmpty,
            Times times) {
        String[] names = parameters.keySet().toArray(String[]::new);
        Arrays.sort(names);
        boolean first = true;
        for (String name : names) {
            String value = parameters.getOrDefault(name, "");
            if (name.equals(except) || (!withEmpty && value.isEmpty())) {
                continue;
            }
            if (!first) {
                target.append(times.and);
            }
            first = false;
            append(target, name, times);
            target.append(times.equal);
            append(target, value, times);
        }
    }

    private static void append(StringBuilder target, String text, Times times) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                appendOctets(target, text.substring(i), times);
                return;
            }
            if (UNRESERVED[c]) {
                target.append(c);
            } else {
                appendEscape(target, c, times);
            }
        }
    }

    /** The rest of a text from its first character outside ASCII on. */
    private static void appendOctets(StringBuilder target, String text, Times times) {
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            int c = octet & 0xff;
            if (c < 128 && UNRESERVED[c]) {
                target.append((char) c);
            } else {
                appendEscape(target, c, times);
            }
        }
    }

    private static void appendEscape(StringBuilder target, int octet, Times times) {
        target.append(times.escape).append(HEX[octet >> 4]).append(HEX[octet & 15]);
    }
}
