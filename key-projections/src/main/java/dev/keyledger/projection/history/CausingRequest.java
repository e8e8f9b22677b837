package dev.keyledger.projection.history;

import java.util.Optional;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;

/**
 * The request that caused an event. It stands in the event's metadata, which are read when it is asked for: a key may have thousands of
 * events, and an answer explains three of them.
 */
public final class CausingRequest {

    /** Under which metadata name it. */
    private static final String REQUEST_ID = "requestId";

    private final DomainEventMessage<?> event;

    CausingRequest(DomainEventMessage<?> event) {
        this.event = event;
    }

    /** Its id, by which its record is found; empty if the event names none. */
    public Optional<UUID> id() {
        return Optional.ofNullable(event.getMetaData().get(REQUEST_ID)).map(id -> UUID.fromString(id.toString()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CausingRequest same && event.getIdentifier().equals(same.event.getIdentifier());
    }

    @Override
    public int hashCode() {
        return event.getIdentifier().hashCode();
    }

    @Override
    public String toString() {
        return "cause of " + event.getIdentifier();
    }
}
