package dev.keyledger.api.protocol;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How many readings of one kind may go on at a time. They share the ledger's connections with changes, which wait for turns of their own, and
 * with background work: however many of them come, both find connections. Thread-safe.
 */
public final class ReadLane {

    private final Semaphore places;
    private final Duration patience;

    /**
     * @param places readings at a time
     * @param patience how long one waits for a place
     */
    public ReadLane(int places, Duration patience) {
        this.places = new Semaphore(places, true);
        this.patience = patience;
    }

    /**
     * Reads, once there is a place.
     *
     * @throws Refusal {@code THROTTLING} if there is none in time
     */
    public <R> R read(Deadline deadline, Supplier<R> work) {
        try {
            long nanos = Math.min(patience.toNanos(), deadline.nanosLeft());
            if (!places.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw Refusal.of(ErrorCode.THROTTLING).because("too many listings at a time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting to read");
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }
}
