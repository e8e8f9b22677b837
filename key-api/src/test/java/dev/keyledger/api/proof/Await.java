package dev.keyledger.api.proof;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition outside this process, which can only be polled. */
final class Await {

    private static final long POLL_NANOS = Duration.ofMillis(25).toNanos();

    private Await() {}

    /**
     * Returns as soon as the condition holds; fails with the description when it still does not after the limit.
     *
     * @return how long it took, to be told and not to be asserted: machines are shared
     */
    static Duration until(String description, Duration limit, BooleanSupplier condition) {
        long begin = System.nanoTime();
        long deadline = begin + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit + ": " + description);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
