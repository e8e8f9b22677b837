package dev.keyledger.api.history;

import org.jspecify.annotations.Nullable;

/**
 * One call as its client saw it.
 *
 * @param start monotonic nanoseconds just before the call was sent
 * @param end monotonic nanoseconds just after its answer was read; {@link #NEVER} without an answer
 * @param call what was asked
 * @param answer what was answered; null when nobody knows whether the call was carried out, or ever will be
 * @param client who asked whom, for the reader of a failure
 */
public record RecordedCall<C, A>(
        long start, long end, C call, @Nullable A answer, String client) {

    /** End of a call that may take effect at any time after its start, or not at all. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Refuses a call that ends before it starts, and one with an end but no answer. */
    public RecordedCall {
        if (end < start || (answer == null) != (end == NEVER)) {
            throw new IllegalArgumentException("a call ends after its start and with an answer, or never and without");
        }
    }

    /** A call whose fate is unknown. */
    public static <C, A> RecordedCall<C, A> unknown(long start, C call, String client) {
        return new RecordedCall<>(start, NEVER, call, null, client);
    }

    /** The same call as if its answer had never come. */
    RecordedCall<C, A> forgotten() {
        return unknown(start, call, client);
    }
}
