package dev.keyledger.api.adapter.batch;

/**
 * The shortest of the last durations. What a batch takes is the disk's share and that of the processors; the processors' share grows with the
 * batch and with everything else that wants them, so that a mean says little about the disk. The shortest has least of it.
 *
 * <p>Not thread-safe.
 */
final class ShortestOfLate {

    /** So many at least, and at most twice as many, are looked at. */
    static final int WINDOW = 64;

    private long before;
    private long now = Long.MAX_VALUE;
    private int seen;

    void add(long nanos) {
        now = Math.min(now, nanos);
        seen++;
        if (seen == WINDOW) {
            before = now;
            now = Long.MAX_VALUE;
            seen = 0;
        }
    }

    /** In nanoseconds; nothing is known at first, which counts as fast. */
    long nanos() {
        return Math.min(before, now);
    }
}
