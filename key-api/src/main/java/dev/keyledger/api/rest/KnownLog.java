package dev.keyledger.api.rest;

import dev.keyledger.projection.sequencer.AuditIndex;

/**
 * How far the audit log is known, as answers say.
 *
 * @param size every record below this index is known
 * @param lagSeconds age of the oldest record that has no place yet; 0 if there is none
 */
public record KnownLog(long size, double lagSeconds) {

    /** As of now. */
    public static KnownLog of(AuditIndex index) {
        return new KnownLog(index.head().size(), index.lagSeconds());
    }
}
