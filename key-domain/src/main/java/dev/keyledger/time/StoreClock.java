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
}
