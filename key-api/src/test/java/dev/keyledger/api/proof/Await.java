package dev.keyledger.api.proof;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition outside this process, which can only be polled. */
final class Await {

    private static final long POLL_NANOS = Duration.ofMillis(25).toNanos();

    private Await() {}

    /** Returns as soon as the condition holds; fails with the description when it still does not after the limit. */
    static void until(String description, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit + ": " + description);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
