package dev.keyledger.api.adapter.ledger;

import dev.keyledger.cmk.Cmk;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.jspecify.annotations.Nullable;

/** Makes snapshots of keys with long streams (ADR 0011), in a form of its own instead of the framework's, which would be the class itself. */
public final class KeySnapshotter extends AggregateSnapshotter {

    public KeySnapshotter(Builder builder) {
        super(builder);
    }

    @Override
    @SuppressWarnings("rawtypes") // As the framework declares it.
    protected @Nullable DomainEventMessage createSnapshot(
            Class<?> aggregateType, String aggregateIdentifier, DomainEventStream eventStream) {
        DomainEventMessage<?> state = super.createSnapshot(aggregateType, aggregateIdentifier, eventStream);
        // Null for a destroyed key, which nobody loads any more.
        return state == null || !(state.getPayload() instanceof Cmk key)
                ? null
                : new GenericDomainEventMessage<>(
                        Cmk.TYPE, aggregateIdentifier, state.getSequenceNumber(), key.snapshot());
    }
}
