package dev.keyledger.api.adapter.clock;

import java.time.Instant;

/** The clocks that the watch compares, all of them machine time. A port, because a test cannot make a real clock jump. */
@FunctionalInterface
interface MachineClocks {

    /** Reads all clocks at one moment, as nearly as can be. */
    Reading read();

    /**
     * The clocks at one moment.
     *
     * @param database the database's clock, never the store's offset
     * @param node this machine's wall clock
     * @param monotonicNanos this process's monotonic clock, which nobody can set
     */
    record Reading(Instant database, Instant node, long monotonicNanos) {}
}
