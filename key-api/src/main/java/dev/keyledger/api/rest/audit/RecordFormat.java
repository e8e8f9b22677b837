package dev.keyledger.api.rest.audit;

import dev.keyledger.api.rest.Accepted;
import dev.keyledger.api.rest.QueryParameters;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
        List<MediaType> all =
                Arrays.stream(values()).map(RecordFormat::mediaType).toList();
        return Accepted.of(accept, all)
                .map(type -> values()[all.indexOf(type)])
                .orElseThrow(() -> QueryParameters.invalid(
                        "Accept", "Records come as application/json, application/x-ndjson or text/csv."));
    }
}
