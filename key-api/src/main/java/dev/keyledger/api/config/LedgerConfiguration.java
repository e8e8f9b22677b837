package dev.keyledger.api.config;

import dev.keyledger.alias.Alias;
import dev.keyledger.alias.AliasTargets;
import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.api.adapter.ledger.DeletionLedger;
import dev.keyledger.api.adapter.ledger.KeySnapshotter;
import dev.keyledger.api.adapter.ledger.Lapses;
import dev.keyledger.api.adapter.ledger.LedgerClock;
import dev.keyledger.api.adapter.ledger.LedgerEvents;
import dev.keyledger.api.adapter.ledger.LedgerTransaction;
import dev.keyledger.api.adapter.ledger.LedgerWrites;
import dev.keyledger.api.adapter.ledger.SystemCommandBus;
import dev.keyledger.api.adapter.timer.DeadlineScheduler;
import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.api.startup.Settings;
import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.DestructionHold;
import dev.keyledger.cmk.KeyLifecycleSaga;
import dev.keyledger.cmk.KeyVersionIds;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.cmk.NudgeTimes;
import dev.keyledger.eventlog.EventJson;
import dev.keyledger.eventlog.EventUpcasters;
import dev.keyledger.importing.ImportSessions;
import dev.keyledger.material.KeyMaterialStore;
import dev.keyledger.material.MaterialBinding;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.aliasindex.AliasQueries;
import dev.keyledger.time.StoreClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.SimpleCommandBus;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.commandhandling.gateway.DefaultCommandGateway;
import org.axonframework.common.jdbc.ConnectionProvider;
import org.axonframework.common.jdbc.UnitOfWorkAwareConnectionProviderWrapper;
import org.axonframework.common.lock.PessimisticLockFactory;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configuration;
import org.axonframework.config.Configurer;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventhandling.PropagatingErrorHandler;
import org.axonframework.eventhandling.tokenstore.TokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.JdbcTokenStore;
import org.axonframework.eventhandling.tokenstore.jdbc.TokenSchema;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.GenericAggregateFactory;
import org.axonframework.eventsourcing.Snapshotter;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.SQLStateResolver;
import org.axonframework.messaging.StreamableMessageSource;
import org.axonframework.messaging.annotation.HandlerDefinition;
import org.axonframework.messaging.annotation.ParameterResolverFactory;
import org.axonframework.messaging.correlation.SimpleCorrelationDataProvider;
import org.axonframework.messaging.interceptors.CorrelationDataInterceptor;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.axonframework.modelling.saga.repository.SagaStore;
import org.axonframework.modelling.saga.repository.jdbc.JdbcSagaStore;
import org.axonframework.modelling.saga.repository.jdbc.PostgresSagaSqlSchema;
import org.axonframework.modelling.saga.repository.jdbc.SagaSchema;
import org.axonframework.serialization.Serializer;
import org.axonframework.spring.jdbc.SpringDataSourceConnectionProvider;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The framework, put together by hand from its own parts. Its Spring Boot starter is left out on purpose: on this Boot version it silently
 * falls back to no transactions and no event store, and it brings the update check along.
 */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {

    /** Name of the saga's processor in {@code token_entry}; a format, never change it. */
    static final String LIFECYCLE_PROCESSOR = "key-lifecycle";

    /** Threads that carry out what sagas and the reconciler command. */
    private static final int SYSTEM_THREADS = 4;

    /** Half the connection pool: changes in progress must not keep the system from its own work. */
    private static final int CONCURRENT_CHANGES = 12;

    /**
     * How long the event store waits for a number that was drawn and not seen. Twice the longest transaction plus five minutes of clock
     * difference between nodes: a shorter time could skip an event for ever.
     */
    private static final Duration GAP_TIMEOUT = Duration.ofMinutes(6);

    /** Events that a load has to read before a snapshot is made; ordinary keys have a few and never get one (ADR 0011). */
    static final int SNAPSHOT_EVERY = 20;

    @Bean
    TransactionManager ledgerTransactionManager(PlatformTransactionManager transactions) {
        return new SpringTransactionManager(transactions);
    }

    @Bean
    ConnectionProvider ledgerConnections(DataSource dataSource) {
        return new UnitOfWorkAwareConnectionProviderWrapper(new SpringDataSourceConnectionProvider(dataSource));
    }

    @Bean
    Serializer eventSerializer() {
        return EventJson.serializer();
    }

    @Bean
    EventStorageEngine eventStorageEngine(
            ConnectionProvider connections,
            TransactionManager transactions,
            Serializer serializer,
            LedgerWrites writes,
            DataSource dataSource) {
        JdbcEventStorageEngine.Builder builder = JdbcEventStorageEngine.builder()
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .upcasterChain(EventUpcasters.chain())
                .connectionProvider(connections)
                .transactionManager(transactions)
                // Without it a lost race for a sequence number surfaces as a general failure that nothing tries again.
                .persistenceExceptionResolver(new SQLStateResolver("23505"))
                .schema(eventSchema())
                .dataType(byte[].class)
                .gapTimeout((int) GAP_TIMEOUT.toMillis());
        return new LedgerEvents(builder, writes, dataSource);
    }

    private static EventSchema eventSchema() {
        return EventSchema.builder()
                .eventTable("domain_event")
                .snapshotTable("snapshot_event")
                .globalIndexColumn("global_index")
                .timestampColumn("time_stamp")
                .eventIdentifierColumn("event_identifier")
                .aggregateIdentifierColumn("aggregate_identifier")
                .sequenceNumberColumn("sequence_number")
                .typeColumn("aggregate_type")
                .payloadTypeColumn("payload_type")
                .payloadRevisionColumn("payload_revision")
                .payloadColumn("payload")
                .metaDataColumn("meta_data")
                .build();
    }

    /** The one thread that makes snapshots; those that are not made when the node stops are made another time. */
    @Bean(destroyMethod = "stop")
    SnapshotThread snapshotThread() {
        return new SnapshotThread(Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "key-snapshots");
            thread.setDaemon(true);
            return thread;
        }));
    }

    /** Keeps the thread apart from executors that the framework of the web server looks for. */
    record SnapshotThread(ExecutorService executor) {
        void stop() {
            executor.shutdownNow();
        }
    }

    private static Snapshotter snapshotter(
            Configuration ledger, TransactionManager transactions, SnapshotThread thread) {
        // With the ledger's own resolvers: the framework's default knows none of the ports that handlers name.
        ParameterResolverFactory parameters = ledger.parameterResolverFactory();
        HandlerDefinition handlers = ledger.handlerDefinition(Cmk.class);
        return new KeySnapshotter(AggregateSnapshotter.builder()
                .eventStore(ledger.eventStore())
                .transactionManager(transactions)
                .parameterResolverFactory(parameters)
                .handlerDefinition(handlers)
                .aggregateFactories(new GenericAggregateFactory<>(
                        AnnotatedAggregateMetaModelFactory.inspectAggregate(Cmk.class, parameters, handlers)))
                .executor(thread.executor()));
    }

    @Bean
    TokenStore tokenStore(ConnectionProvider connections, Serializer serializer, NodeName node) {
        return JdbcTokenStore.builder()
                .connectionProvider(connections)
                // The framework's default is host name and process id: two containers may have both in common, and two
                // nodes with one name would both handle every event.
                .nodeId(node.value() + "/" + UUID.randomUUID())
                .serializer(serializer)
                .contentType(byte[].class)
                .schema(TokenSchema.builder()
                        .setTokenTable("token_entry")
                        .setProcessorNameColumn("processor_name")
                        .setSegmentColumn("segment")
                        .setTokenColumn("token")
                        .setTokenTypeColumn("token_type")
                        .setTimestampColumn("time_stamp")
                        .setOwnerColumn("owner")
                        .build())
                .build();
    }

    @Bean
    SagaStore<Object> sagaStore(ConnectionProvider connections, Serializer serializer) {
        PostgresSagaSqlSchema schema = new PostgresSagaSqlSchema(SagaSchema.builder()
                .sagaEntryTable("saga_entry")
                .sagaIdColumn("saga_id")
                .sagaTypeColumn("saga_type")
                .revisionColumn("revision")
                .serializedSagaColumn("serialized_saga")
                .associationValueEntryTable("association_value_entry")
                .associationKeyColumn("association_key")
                .associationValueColumn("association_value")
                .build());
        // The store checks no version, and a deadline runs beside the event processor: the row lock keeps them apart.
        schema.setExclusiveLoad(true);
        return JdbcSagaStore.builder()
                .connectionProvider(connections)
                .sqlSchema(schema)
                .serializer(serializer)
                .build();
    }

    @Bean
    CommandBus ledgerCommandBus() {
        // Transactions are begun by LedgerTransaction, which is the only one who dispatches here.
        SimpleCommandBus bus = SimpleCommandBus.builder()
                .transactionManager(NoTransactionManager.instance())
                .build();
        bus.registerHandlerInterceptor(
                new CorrelationDataInterceptor<>(new SimpleCorrelationDataProvider("requestId", "principal")));
        return bus;
    }

    @Bean
    LedgerTransaction ledgerTransaction(
            CommandBus ledgerCommandBus,
            TransactionManager transactions,
            AuditRecords audit,
            LedgerWrites writes,
            JdbcClient jdbc,
            DeletionLedger deletions,
            Quarantine quarantine,
            SecureRandom random) {
        return new LedgerTransaction(
                ledgerCommandBus,
                transactions,
                audit,
                writes,
                new Lapses(jdbc),
                deletions,
                quarantine,
                random,
                CONCURRENT_CHANGES);
    }

    @Bean(destroyMethod = "stop")
    SystemCommands systemCommands(LedgerTransaction ledger, Audit audit, AliasQueries aliases, Quarantine quarantine) {
        return new SystemCommands(new SystemCommandBus(ledger, audit, aliases, quarantine, SYSTEM_THREADS));
    }

    /** Keeps the system's bus apart from the ledger's own where beans are looked up by type. */
    public record SystemCommands(SystemCommandBus bus) {
        void stop() throws InterruptedException {
            bus.stop();
        }
    }

    @Bean
    CommandGateway systemCommandGateway(SystemCommands system) {
        return DefaultCommandGateway.builder().commandBus(system.bus()).build();
    }

    @Bean
    @SuppressWarnings(
            "PMD.ExcessiveParameterList") // Each is a collaborator that aggregates or sagas name in a handler.
    Configuration ledger(
            CommandBus commandBus,
            TransactionManager transactions,
            EventStorageEngine engine,
            TokenStore tokenStore,
            SagaStore<Object> sagaStore,
            Serializer serializer,
            CommandGateway systemCommandGateway,
            DeadlineScheduler deadlines,
            SnapshotThread snapshotThread,
            List<TransactionalView> views,
            HandlerPorts ports) {
        // false: the framework's own modules are not looked up on the class path; one of them is the update check.
        Configurer configurer = DefaultConfigurer.defaultConfiguration(false)
                .configureCommandBus(c -> commandBus)
                .configureTransactionManager(c -> transactions)
                .configureSerializer(c -> serializer)
                .configureEventSerializer(c -> serializer)
                .configureMessageSerializer(c -> serializer)
                .configureEmbeddedEventStore(c -> engine)
                .configureDeadlineManager(deadlines::connect)
                .registerComponent(TokenStore.class, c -> tokenStore)
                .registerComponent(CommandGateway.class, c -> systemCommandGateway)
                .registerComponent(Snapshotter.class, c -> snapshotter(c, transactions, snapshotThread))
                .configureAggregate(aggregate(Cmk.class)
                        .configureSnapshotTrigger(
                                c -> new EventCountSnapshotTriggerDefinition(c.snapshotter(), SNAPSHOT_EVERY)))
                .configureAggregate(aggregate(Alias.class));
        ports.registerIn(configurer);
        configurer.eventProcessing(processing -> {
            processing
                    .registerDefaultListenerInvocationErrorHandler(c -> PropagatingErrorHandler.instance())
                    .registerDefaultErrorHandler(c -> PropagatingErrorHandler.instance())
                    .registerDefaultTransactionManager(c -> transactions)
                    .registerTokenStore(c -> tokenStore)
                    .registerSagaStore(c -> sagaStore)
                    .registerSubscribingEventProcessor(TransactionalView.GROUP);
            views.forEach(view -> processing.registerEventHandler(c -> view));
            processing.registerSaga(KeyLifecycleSaga.class);
            processing.byDefaultAssignHandlerTypesTo(type -> LIFECYCLE_PROCESSOR);
            processing.registerPooledStreamingEventProcessor(
                    LIFECYCLE_PROCESSOR,
                    Configuration::eventStore,
                    (c, processor) -> processor
                            .initialSegmentCount(4)
                            // From the first event, and not as a replay: a saga that never saw an event has to see it.
                            .initialToken(StreamableMessageSource::createTailToken)
                            .tokenClaimInterval(2_000)
                            .batchSize(50));
        });
        return configurer.buildConfiguration();
    }

    private static <A> AggregateConfigurer<A> aggregate(Class<A> type) {
        // Bounded: the framework's own default queues without limit and waits about a minute.
        return AggregateConfigurer.defaultConfiguration(type)
                .configureLockFactory(c -> PessimisticLockFactory.builder()
                        .acquireAttempts(8)
                        .lockAttemptTimeout(500)
                        .queueLengthThreshold(64)
                        .build());
    }

    @Bean
    LedgerLifecycle ledgerLifecycle(Configuration ledger) {
        return new LedgerLifecycle(ledger);
    }

    @Bean
    EventStore eventStore(Configuration ledger) {
        return ledger.eventStore();
    }

    @Bean
    NoticeLadder noticeLadder(Settings settings) {
        return settings.notices();
    }

    /** The ports that command handlers and saga handlers name as parameters. */
    @Bean
    @SuppressWarnings("PMD.ExcessiveParameterList") // Each is a port that some handler names.
    HandlerPorts handlerPorts(
            StoreClock clock,
            LedgerWrites writes,
            KeyMaterialStore material,
            MaterialBinding binding,
            ImportSessions sessions,
            AliasTargets targets,
            DestructionHold hold,
            KeyVersionIds versionIds,
            NudgeTimes nudgeTimes,
            NoticeLadder notices) {
        return configurer -> configurer
                .registerComponent(StoreClock.class, c -> new LedgerClock(clock, writes))
                .registerComponent(KeyMaterialStore.class, c -> material)
                .registerComponent(MaterialBinding.class, c -> binding)
                .registerComponent(ImportSessions.class, c -> sessions)
                .registerComponent(AliasTargets.class, c -> targets)
                .registerComponent(DestructionHold.class, c -> hold)
                .registerComponent(KeyVersionIds.class, c -> versionIds)
                .registerComponent(NudgeTimes.class, c -> nudgeTimes)
                .registerComponent(NoticeLadder.class, c -> notices);
    }

    /** Registers handler parameters with the framework. */
    @FunctionalInterface
    interface HandlerPorts {
        Configurer registerIn(Configurer configurer);
    }
}
