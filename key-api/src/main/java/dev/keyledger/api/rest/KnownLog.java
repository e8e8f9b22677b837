package dev.keyledger.api.rest;

import dev.keyledger.projection.sequencer.AuditIndex;
import org.springframework.http.ResponseEntity;

/**
 * How far the audit log is known, as answers say.
 *
 * @param size every record below this index is known
 * @param lagSeconds age of the oldest record that has no place yet; 0 if there is none
 */
public record KnownLog(long size, double lagSeconds) {

    /** How far the log is known, for answers whose body has no place for it. */
    public static final String SIZE_HEADER = "x-keyledger-log-size";

    public static final String LAG_HEADER = "x-keyledger-log-lag-seconds";

    /** As of now. */
    public static KnownLog of(AuditIndex index) {
        return new KnownLog(index.head().size(), index.lagSeconds());
    }

    /** Says it in the headers of an answer. */
    public ResponseEntity.BodyBuilder on(ResponseEntity.BodyBuilder answer) {
        return answer.header(SIZE_HEADER, Long.toString(size)).header(LAG_HEADER, Double.toString(lagSeconds));
    }
}
