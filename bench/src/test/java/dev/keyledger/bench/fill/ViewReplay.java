package dev.keyledger.bench.fill;

import dev.keyledger.eventlog.EventJson;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.Writes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
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

/** Empties the views of a store and builds them anew from nothing but its events. */
final class ViewReplay {

    private static final List<String> VIEWS = List.of("key_state", "key_version", "alias", "key_tag");

    private ViewReplay() {}

    static Map<String, List<String>> views(JdbcClient sql) {
        Map<String, List<String>> rows = new TreeMap<>();
        VIEWS.forEach(view -> rows.put(
                view,
                sql.sql("select t::text from " + view + " t order by 1")
                        .query(String.class)
                        .list()));
        return rows;
    }

    static void replay(DataSource owner) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(JdbcClient.class, () -> JdbcClient.create(owner));
            context.registerBean(Writes.class, () -> Writes.immediate(JdbcClient.create(owner)));
            ClassPathBeanDefinitionScanner scanner = new ClassPathBeanDefinitionScanner(context, false);
            scanner.addIncludeFilter(new AssignableTypeFilter(TransactionalView.class));
            var unused = scanner.scan("dev.keyledger.projection");
            context.refresh();
            List<TransactionalView> views =
                    List.copyOf(context.getBeansOfType(TransactionalView.class).values());
            views.forEach(TransactionalView::clear);
            List<AnnotationEventHandlerAdapter> handlers =
                    views.stream().map(AnnotationEventHandlerAdapter::new).toList();
            try (Stream<? extends TrackedEventMessage<?>> events = engine(owner).readEvents(null, false)) {
                events.forEach(event -> handle(handlers, event));
            }
        }
    }

    private static void handle(List<AnnotationEventHandlerAdapter> handlers, TrackedEventMessage<?> event) {
        var unused = DefaultUnitOfWork.startAndGet(event)
                .executeWithResult(() -> {
                    for (AnnotationEventHandlerAdapter handler : handlers) {
                        handler.handle(event);
                    }
                    return "";
                })
                .getPayload();
    }

    private static JdbcEventStorageEngine engine(DataSource owner) {
        Serializer serializer = EventJson.serializer();
        return JdbcEventStorageEngine.builder()
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .connectionProvider(new DataSourceConnectionProvider(owner))
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
