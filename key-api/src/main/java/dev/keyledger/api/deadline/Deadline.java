package dev.keyledger.api.deadline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When it is too late to answer a request, on this process's monotonic clock.
 *
 * @param nanos as {@link System#nanoTime()} counts
 */
public record Deadline(long nanos) {

    /** So long from now. */
    public static Deadline in(Duration patience) {
        return new Deadline(System.nanoTime() + patience.toNanos());
    }

    /** Time left in nanoseconds; negative once it is too late. */
    public long nanosLeft() {
        return nanos - System.nanoTime();
    }

    /** Time left in milliseconds, at least zero. */
    public long millisLeft() {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanosLeft()));
    }
}
