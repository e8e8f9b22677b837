package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.eventlog.EventJson;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.Writes;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.common.jdbc.DataSourceConnectionProvider;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.AnnotationEventHandlerAdapter;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.serialization.Serializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Builds the read models of a stopped node anew from nothing but its events, in a copy of its database, and compares them with what the node
 * had written beside them.
 */
final class ViewReplay {

    private static final Map<String, String> VIEWS = Map.of(
            "key_state", "key_id",
            "key_version", "version_id",
            "alias", "alias_name",
            "key_tag", "key_id, tag_key");

    /** One transaction for all would keep every version of a row that changes often, and walk through them at each change. */
    private static final int EVENTS_TOGETHER = 1_000;

    private ViewReplay() {}

    /** Fails at the first view that a replay does not give back row by row. Answers how many events were replayed. */
    static int compare(Path dataDirectory) {
        try (EmbeddedPostgres server =
                EmbeddedPostgres.start(dataDirectory.resolve("postgres"), dataDirectory, line -> {})) {
            Store superuser = Store.of(server.jdbcUrl("postgres"), server.superuser(), server.superuserPassword());
            JdbcClient administration = JdbcClient.create(superuser.dataSource());
            administration.sql("drop database if exists replayed").update();
            administration
                    .sql("create database replayed template keyledger owner " + server.ownerUser())
                    .update();
            Store original = Store.of(server.jdbcUrl(), server.ownerUser(), server.ownerPassword());
            Store copy = Store.of(server.jdbcUrl("replayed"), server.ownerUser(), server.ownerPassword());
            int events = replay(copy);
            for (Map.Entry<String, String> view : VIEWS.entrySet()) {
                String rows = "select t::text from " + view.getKey() + " t order by " + view.getValue();
                assertThat(copy.texts(rows))
                        .as("%s after a replay", view.getKey())
                        .isEqualTo(original.texts(rows));
            }
            administration.sql("drop database replayed with (force)").update();
            return events;
        }
    }

    private static int replay(Store copy) {
        // With a connection and a commit for each statement a long soak's events would take hours.
        try (Connection connection = copy.dataSource().getConnection();
                AnnotationConfigApplicationContext views = new AnnotationConfigApplicationContext()) {
            connection.setAutoCommit(false);
            JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            views.registerBean(JdbcClient.class, () -> jdbc);
            views.registerBean(Writes.class, () -> Writes.immediate(jdbc));
            ClassPathBeanDefinitionScanner scanner = new ClassPathBeanDefinitionScanner(views, false);
            scanner.addIncludeFilter(new AssignableTypeFilter(TransactionalView.class));
            var unused = scanner.scan("dev.keyledger.projection");
            views.refresh();
            List<TransactionalView> all =
                    List.copyOf(views.getBeansOfType(TransactionalView.class).values());
            assertThat(all).hasSize(VIEWS.size());
            all.forEach(TransactionalView::clear);
            List<AnnotationEventHandlerAdapter> handlers =
                    all.stream().map(AnnotationEventHandlerAdapter::new).toList();
            try (Stream<? extends TrackedEventMessage<?>> stream = engine(copy).readEvents(null, false)) {
                List<? extends TrackedEventMessage<?>> events = stream.toList();
                for (int i = 0; i < events.size(); i++) {
                    handle(handlers, events.get(i));
                    if (i % EVENTS_TOGETHER == 0) {
                        connection.commit();
                    }
                }
                connection.commit();
                return events.size();
            }
        } catch (SQLException failed) {
            throw new AssertionError("the views cannot be replayed", failed);
        }
    }

    private static void handle(List<AnnotationEventHandlerAdapter> handlers, TrackedEventMessage<?> event) {
        DefaultUnitOfWork.startAndGet(event)
                .executeWithResult(() -> {
                    for (AnnotationEventHandlerAdapter handler : handlers) {
                        handler.handle(event);
                    }
                    return "";
                })
                .getPayload();
    }

    private static JdbcEventStorageEngine engine(Store store) {
        Serializer serializer = EventJson.serializer();
        return JdbcEventStorageEngine.builder()
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .connectionProvider(new DataSourceConnectionProvider(store.dataSource()))
                .transactionManager(NoTransactionManager.instance())
                .dataType(byte[].class)
                .schema(EventSchema.builder()
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
                        .build())
                .build();
    }
}
