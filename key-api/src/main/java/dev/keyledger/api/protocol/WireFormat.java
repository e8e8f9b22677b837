package dev.keyledger.api.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two encodings of an answer. */
enum WireFormat {
    JSON("application/json;charset=utf-8"),
    /** The one spelling of the header with which every client of the vendor recognises an error in XML. */
    XML("text/xml;charset=utf-8");

    private final String contentType;

    WireFormat(String contentType) {
        this.contentType = contentType;
    }

    /** Value of the {@code Content-Type} header. */
    String contentType() {
        return contentType;
    }

    /**
     * Chooses as the vendor does: {@code Format} in any letter case; without it JSON for header signatures, whose clients read nothing
     * else unless they say so, and XML, the documented default, for parameter signatures.
     *
     * @param format the {@code Format} parameter; a value that names no format, such as the {@code None} of one old client, counts as absent
     * @param accept the {@code Accept} header
     * @param headerSigned whether the request is signed in its {@code Authorization} header
     */
    static WireFormat choose(@Nullable String format, @Nullable String accept, boolean headerSigned) {
        for (WireFormat each : values()) {
            if (each.name().equalsIgnoreCase(format)) {
                return each;
            }
        }
        if (!headerSigned) {
            return XML;
        }
        String accepted = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
        return accepted.contains("xml") && !accepted.contains("json") ? XML : JSON;
    }

    /** The choice for a request whose parameters could not be read. */
    static WireFormat guess(@Nullable String accept, boolean headerSigned) {
        boolean json = accept != null && accept.toLowerCase(Locale.ROOT).contains("json");
        return json ? JSON : choose(null, accept, headerSigned);
    }
}
