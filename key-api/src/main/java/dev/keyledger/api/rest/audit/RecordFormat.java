package dev.keyledger.api.rest.audit;

import dev.keyledger.api.rest.QueryParameters;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** In which form records are wanted. */
enum RecordFormat {
    /** One page as one object. */
    JSON("application/json"),
    /** All records, one object a line. */
    NDJSON("application/x-ndjson"),
    /** All records, one row each: RFC 4180 with a header line. */
    CSV("text/csv;header=present;charset=UTF-8");

    private final String contentType;

    RecordFormat(String contentType) {
        this.contentType = contentType;
    }

    MediaType mediaType() {
        return MediaType.parseMediaType(contentType);
    }

    /**
     * What the client prefers.
     *
     * @param accept as sent; null for anything
     */
    static RecordFormat of(@Nullable String accept) {
        if (accept == null || accept.isBlank()) {
            return JSON;
        }
        try {
            List<MediaType> ranges = MediaType.parseMediaTypes(accept).stream()
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                            .reversed())
                    .toList();
            for (MediaType range : ranges) {
                for (RecordFormat format : values()) {
                    if (range.getQualityValue() > 0 && range.includes(format.mediaType())) {
                        return format;
                    }
                }
            }
        } catch (InvalidMediaTypeException malformed) {
            // Falls through to the one refusal for everything that cannot be answered.
        }
        throw QueryParameters.invalid("Accept", "Records come as application/json, application/x-ndjson or text/csv.");
    }
}
