package dev.keyledger.api.protocol;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Takes a request apart: one map of parameters, from the URL's query and a form body alike, plus the body's raw bytes.
 *
 * <p>It decodes by hand, because the signature must cover what the client sent and not what a container made of it: strict UTF-8, {@code +}
 * is a space in the query too, a malformed escape is refused, and so is a name that comes twice, which two readers could understand
 * differently. A body is a form whatever {@code Content-Type} says: of the vendor's clients some send none, others send one without a body,
 * and bodies come with a length, in chunks, or without either. Source: the vendor's page "Request structure" and its SDKs.
 */
public final class RequestDecoder {

    /** Longest body, in bytes. */
    public static final int MAX_BODY = 256 * 1024;

    /** Most parameters of a request; the protocol's largest operation has fewer than a hundred. */
    static final int MAX_PARAMETERS = 200;

    private RequestDecoder() {}

    /**
     * Reads query and form body.
     *
     * @throws Refusal {@code PARSE_REQUEST_PARAMETER}
     */
    public static RawRequest decode(HttpServletRequest request) {
        Map<String, String> query = query(request);
        byte[] body = body(request);
        Map<String, String> parameters = new LinkedHashMap<>(query);
        addForm(body, parameters);
        return new RawRequest(query, Collections.unmodifiableMap(parameters), body);
    }

    /**
     * Reads the query; the body stays bytes, at most {@link #MAX_BODY} of them.
     *
     * @throws Refusal {@code PARSE_REQUEST_PARAMETER}
     */
    public static RawRequest decodeQuery(HttpServletRequest request) {
        Map<String, String> query = query(request);
        return new RawRequest(query, query, body(request));
    }

    private static Map<String, String> query(HttpServletRequest request) {
        Map<String, String> query = new LinkedHashMap<>();
        String raw = request.getQueryString();
        if (raw != null) {
            addForm(raw.getBytes(StandardCharsets.ISO_8859_1), query);
        }
        return Collections.unmodifiableMap(query);
    }

    private static byte[] body(HttpServletRequest request) {
        try {
            byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                throw refusal("body too long");
            }
            return body;
        } catch (IOException broken) {
            throw refusal("body could not be read");
        }
    }

    /** Adds the pairs of form-encoded bytes to the map. */
    static void addForm(byte[] form, Map<String, String> parameters) {
        int start = 0;
        while (start < form.length) {
            int end = indexOf(form, '&', start, form.length);
            if (end > start) {
                int equals = indexOf(form, '=', start, end);
                String name = text(form, start, equals);
                String value = equals == end ? "" : text(form, equals + 1, end);
                if (name.isEmpty()) {
                    throw refusal("a parameter without a name");
                }
                if (parameters.putIfAbsent(name, value) != null) {
                    throw refusal("a parameter given twice");
                }
                if (parameters.size() > MAX_PARAMETERS) {
                    throw refusal("too many parameters");
                }
            }
            start = end + 1;
        }
    }

    private static int indexOf(byte[] form, char sought, int from, int to) {
        for (int i = from; i < to; i++) {
            if (form[i] == sought) {
                return i;
            }
        }
        return to;
    }

    private static String text(byte[] form, int from, int to) {
        byte[] octets = new byte[to - from];
        int length = 0;
        int seen = 0;
        for (int i = from; i < to; i++) {
            byte octet = form[i];
            if (octet == '%') {
                if (i + 2 >= to) {
                    throw refusal("a malformed escape");
                }
                octet = (byte) (hexDigit(form[i + 1]) << 4 | hexDigit(form[i + 2]));
                i += 2;
            } else if (octet == '+') {
                octet = ' ';
            }
            // Neither a database text nor XML can hold it.
            if (octet == 0) {
                throw refusal("a null character");
            }
            seen |= octet;
            octets[length++] = octet;
        }
        // The sign bit of a byte that is not ASCII.
        return seen >= 0 ? new String(octets, 0, length, StandardCharsets.ISO_8859_1) : utf8(octets, length);
    }

    private static String utf8(byte[] octets, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets, 0, length))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw refusal("malformed UTF-8");
        }
    }

    private static int hexDigit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = c | 0x20;
        if (letter >= 'a' && letter <= 'f') {
            return letter - 'a' + 10;
        }
        throw refusal("a malformed escape");
    }

    private static Refusal refusal(String why) {
        return Refusal.of(ErrorCode.PARSE_REQUEST_PARAMETER).because(why);
    }
}
