package dev.keyledger.api.adapter.clock;

import dev.keyledger.api.adapter.clock.MachineClocks.Reading;
import java.time.Duration;
import java.util.Optional;

/**
 * Notices that the database's clock jumped forward: it gained more on this process's monotonic clock than {@link #TOLERANCE}. Small steps
 * add up, a step back counts as the new normal at once, and only the slow adjusting of a healthy clock is forgotten.
 *
 * <p>Thread-safe.
 */
final class JumpDetector {

    /** A clock that is put right moves by less; no key was ever meant to be destroyed this much earlier. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    /** Gain that is forgotten, in parts of elapsed time: twice the fastest slewing of the usual time daemons. */
    private static final long FORGOTTEN_PARTS_PER_THOUSAND = 1;

    private long baselineMillis;
    private long baselineNanos;

    JumpDetector(Reading first) {
        baselineMillis = lead(first);
        baselineNanos = first.monotonicNanos();
    }

    /** How far the clock has jumped since the last accepted reading, if it has. */
    synchronized Optional<Duration> jump(Reading reading) {
        long gained = lead(reading) - baselineMillis;
        return gained > TOLERANCE.toMillis() ? Optional.of(Duration.ofMillis(gained)) : Optional.empty();
    }

    /** Takes the reading as normal from now on if it is a jump that was dealt with; otherwise lets the normal follow it slowly. */
    synchronized void accept(Reading reading) {
        long gained = lead(reading) - baselineMillis;
        long elapsed = (reading.monotonicNanos() - baselineNanos) / 1_000_000;
        long forgotten = elapsed * FORGOTTEN_PARTS_PER_THOUSAND / 1_000;
        if (gained > TOLERANCE.toMillis() || gained <= forgotten) {
            baselineMillis = lead(reading);
            baselineNanos = reading.monotonicNanos();
        } else if (forgotten > 0) {
            baselineMillis += forgotten;
            baselineNanos = reading.monotonicNanos();
        }
    }

    private static long lead(Reading reading) {
        return reading.database().toEpochMilli() - reading.monotonicNanos() / 1_000_000;
    }
}
