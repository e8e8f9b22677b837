package dev.keyledger.api.rest;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.api.protocol.ReadLane;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** A few auditors read at a time, so that the ledger's connections remain for those who work. Thread-safe. */
@Component
public class AuditorLane {

    /** A sixth of the ledger's connections. */
    private static final int PLACES = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final ReadLane lane = new ReadLane(PLACES, PATIENCE);

    /**
     * Reads, once there is a place.
     *
     * @throws dev.keyledger.refusal.Refusal {@code THROTTLING} if there is none in time
     */
    public <R> R read(Deadline deadline, Supplier<R> work) {
        return lane.read(deadline, work);
    }
}
