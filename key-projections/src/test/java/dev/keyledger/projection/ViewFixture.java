package dev.keyledger.projection;

import dev.keyledger.alias.AliasEvent;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.axonframework.eventhandling.AnnotationEventHandlerAdapter;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Events in, rows out: views on a database of their own, with the service's rights and in a time zone that is not UTC. */
public final class ViewFixture implements AutoCloseable {

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final SingleConnectionDataSource connection =
            new SingleConnectionDataSource(database.url(), database.serviceUser(), database.servicePassword(), true);
    private final JdbcClient jdbc = JdbcClient.create(connection);
    private final List<TransactionalView> views = new ArrayList<>();
    private final Map<String, Long> nextSequence = new HashMap<>();
    private final List<DomainEventMessage<?>> history = new ArrayList<>();

    public JdbcClient jdbc() {
        return jdbc;
    }

    /** Adds a view. */
    public ViewFixture with(Function<Writes, ? extends TransactionalView> view) {
        views.add(view.apply(Writes.immediate(jdbc)));
        return this;
    }

    /** Lets facts happen, each the next of its key or alias. */
    public ViewFixture given(Object... events) {
        for (Object event : events) {
            String stream = stream(event);
            long sequence = nextSequence.merge(stream, 0L, (last, zero) -> last + 1);
            DomainEventMessage<?> message = new GenericDomainEventMessage<>("test", stream, sequence, event);
            history.add(message);
            handle(message);
        }
        return this;
    }

    /** Sequence number of the last event of a key. */
    public long lastSequence(String stream) {
        return nextSequence.getOrDefault(stream, -1L);
    }

    /** Empties the views and replays everything. */
    public void rebuild() {
        views.forEach(TransactionalView::clear);
        history.forEach(this::handle);
    }

    /** Empties the views. */
    public void clear() {
        views.forEach(TransactionalView::clear);
    }

    /** All rows of a table as text, in the order of their columns. */
    public List<String> rows(String table) {
        return jdbc.sql("select t::text from " + table + " t order by 1")
                .query(String.class)
                .list();
    }

    private void handle(DomainEventMessage<?> message) {
        for (TransactionalView view : views) {
            try {
                new AnnotationEventHandlerAdapter(view).handle(message);
            } catch (Exception failed) {
                throw new AssertionError("the view failed at " + message.getPayload(), failed);
            }
        }
    }

    private static String stream(Object event) {
        if (event instanceof KeyEvent key) {
            return key.keyId().value();
        }
        if (event instanceof AliasEvent alias) {
            return alias.name().value();
        }
        throw new IllegalArgumentException("not an event: " + event);
    }

    @Override
    public void close() {
        connection.destroy();
        database.close();
    }
}
