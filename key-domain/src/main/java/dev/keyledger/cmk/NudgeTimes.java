package dev.keyledger.cmk;

import java.time.Instant;

/** From store time to the scheduler's clock, which is machine time and is never driven. */
@FunctionalInterface
public interface NudgeTimes {

    /** When the scheduler should fire for something due at this instant of store time. */
    Instant fireAt(Instant dueInStoreTime);
}
