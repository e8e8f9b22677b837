package dev.keyledger.eventlog;

import org.axonframework.serialization.upcasting.event.EventUpcasterChain;

/**
 * Turns events of earlier revisions into the present ones when they are read; what is stored never changes. One file per step, named for its
 * revisions, oldest first in the chain.
 */
public final class EventUpcasters {

    private EventUpcasters() {}

    /** All steps, in order. Every event is at its first revision still, so there are none. */
    public static EventUpcasterChain chain() {
        return new EventUpcasterChain();
    }
}
