package dev.keyledger.cmk;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When something happens to a key by itself, and how far notices of it are settled. That is one instant, whatever the ladder: a rung at or
 * before it was either past when the date was set, or its notice was given, or a nearer one was. So a ladder may change at any time.
 *
 * @param due when it happens
 * @param silentUntil a rung at or before this instant gets no notice any more
 */
record DueDate(Instant due, Instant silentUntil) {

    /**
     * A date that was set at an instant. One that was set again stays as silent as it was, even if the clock stepped back meanwhile: no rung gets
     * two notices for one date.
     *
     * @param before the date until then, null for none
     */
    static DueDate set(@Nullable DueDate before, Instant due, Instant at) {
        if (before != null && before.due.equals(due) && before.silentUntil.isAfter(at)) {
            return before;
        }
        return new DueDate(due, at);
    }

    /** When a notice of this period is to be given. */
    Instant rung(NoticePeriod period) {
        return due.minus(period.length());
    }

    /** The date after a notice. */
    DueDate noticed(NoticePeriod period) {
        return new DueDate(due, rung(period));
    }
}
