package dev.keyledger.time;

import java.time.Instant;

/**
 * Store time: the database's clock plus the store's offset, the same on every node. It decides what a key is (expiry, deletion, token
 * validity) and is written into events and audit records.
 *
 * <p>Implementations are thread-safe. Machine time (leases, heartbeats, nonces) is never read here.
 */
@FunctionalInterface
public interface StoreClock {

    /** The present instant of the store, truncated to milliseconds. */
    Instant now();

    /**
     * Tells that what is being decided depends on whether an instant has come. Between the reading of the clock and the commit others may see
     * that it has; whoever commits the decision sees to it that nobody then finds it undone. Of no effect where no change is open.
     *
     * @param now the reading that decides
     * @param limit the instant it was compared with
     */
    default void judged(Instant now, Instant limit) {}
}
