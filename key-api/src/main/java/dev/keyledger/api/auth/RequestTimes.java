package dev.keyledger.api.auth;

import java.time.Instant;

/**
 * The two clocks a signed timestamp may be near. They differ only where the store was made with the drivable test clock: then a client
 * whose own clock was not driven must still be able to call. Thread-safe.
 */
public interface RequestTimes {

    /** Machine time, never driven; synchronised with the database's clock. */
    Instant machineNow();

    /** Store time. */
    Instant storeNow();
}
