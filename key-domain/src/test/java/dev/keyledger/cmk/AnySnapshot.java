package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.eventlog.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.modelling.command.inspection.AggregateModel;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.axonframework.serialization.Serializer;

/** Events in memory, and for every load a snapshot of the key as it was after some of them. */
final class AnySnapshot extends InMemoryEventStorageEngine {

    private static final AggregateModel<Cmk> MODEL = AnnotatedAggregateMetaModelFactory.inspectAggregate(Cmk.class);

    private final Serializer serializer = EventJson.serializer();
    private final SplittableRandom random;

    AnySnapshot(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
        List<DomainEventMessage<?>> events = new ArrayList<>();
        readEvents(aggregateIdentifier, 0).forEachRemaining(events::add);
        // Nobody loads a destroyed key, and its last event ends the aggregate itself.
        events.removeIf(event -> event.getPayload() instanceof KeyDestroyed);
        if (events.isEmpty()) {
            return Optional.empty();
        }
        int covered = 1 + random.nextInt(events.size());
        DomainEventMessage<?> snapshot = new GenericDomainEventMessage<>(
                Cmk.TYPE,
                aggregateIdentifier,
                events.get(covered - 1).getSequenceNumber(),
                stored(fold(events.subList(0, covered)).snapshot()));
        List<DomainEventMessage<?>> shortened = new ArrayList<>(List.of(snapshot));
        shortened.addAll(events.subList(covered, events.size()));
        assertThat(fold(shortened).snapshot()).isEqualTo(fold(events).snapshot());
        return Optional.of(snapshot);
    }

    private KeySnapshot stored(KeySnapshot snapshot) {
        return serializer.deserialize(serializer.serialize(snapshot, byte[].class));
    }

    private static Cmk fold(List<? extends DomainEventMessage<?>> events) {
        Cmk key = new Cmk();
        events.forEach(event -> MODEL.publish(event, key));
        return key;
    }
}
