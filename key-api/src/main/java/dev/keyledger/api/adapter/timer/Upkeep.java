package dev.keyledger.api.adapter.timer;

import java.time.Duration;

/**
 * Work that keeps the store in order without a request. Every node tries it again and again; a lease keeps two nodes from doing it at once.
 * Implementations are beans, idempotent, and may be cut off anywhere.
 */
public interface Upkeep {

    /** What it is called in logs; unique, and the name of its lease. */
    String name();

    /** How often each node does it, in machine time. */
    Duration every();

    /** Whether what there is to do depends on store time, so that it is also due as soon as the test clock was advanced. */
    default boolean followsStoreTime() {
        return false;
    }

    /** Does all there is to do now. A failure is logged and tried again at the next turn. */
    void run() throws InterruptedException;
}
