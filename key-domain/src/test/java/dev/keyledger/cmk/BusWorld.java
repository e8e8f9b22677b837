package dev.keyledger.cmk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.AggregateDeletedException;
import org.axonframework.eventsourcing.EventSourcingRepository;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.inmemory.InMemoryEventStorageEngine;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.annotation.SimpleResourceParameterResolverFactory;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.jspecify.annotations.Nullable;

/** The framework's own parts around the key: command bus, repository and event store. */
final class BusWorld extends AggregateWorld {

    private final EventStore store;
    private final SimpleCommandBus bus = SimpleCommandBus.builder().build();
    private final EventSourcingRepository<Cmk> repository;

    BusWorld(boolean external) {
        this(external, new InMemoryEventStorageEngine());
    }

    BusWorld(boolean external, EventStorageEngine engine) {
        store = EmbeddedEventStore.builder().storageEngine(engine).build();
        ParameterResolverFactory parameters = MultiParameterResolverFactory.ordered(
                ClasspathParameterResolverFactory.forClass(Cmk.class),
                new SimpleResourceParameterResolverFactory(ports.all()));
        repository = EventSourcingRepository.builder(Cmk.class)
                .parameterResolverFactory(parameters)
                .eventStore(store)
                .build();
        AggregateAnnotationCommandHandler.<Cmk>builder()
                .aggregateType(Cmk.class)
                .parameterResolverFactory(parameters)
                .repository(repository)
                .build()
                .subscribe(bus);
        send(birth(external)).ifPresent(failure -> {
            throw new AssertionError(failure);
        });
    }

    @Override
    Optional<Throwable> send(KeyCommand command) {
        List<CommandResultMessage<?>> answers = new ArrayList<>();
        bus.dispatch(GenericCommandMessage.asCommandMessage(command), (message, result) -> answers.add(result));
        return answers.get(0).optionalExceptionResult().map(Throwable.class::cast);
    }

    @Override
    @Nullable
    Cmk aggregate() {
        List<Cmk> found = new ArrayList<>();
        DefaultUnitOfWork.startAndGet(null).execute(() -> {
            try {
                repository.load(KeyEvents.KEY.toString()).execute(found::add);
            } catch (AggregateDeletedException destroyed) {
                found.add(null);
            }
        });
        return found.get(0);
    }

    @Override
    public List<String> events() {
        return store.readEvents(KeyEvents.KEY.toString(), 0)
                .asStream()
                .map(DomainEventMessage::getPayloadType)
                .map(Class::getSimpleName)
                .map(String.class::cast)
                .skip(1)
                .toList();
    }
}
