package dev.keyledger.projection.replay;

import dev.keyledger.alias.AliasEvent;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.eventlog.EventJson;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.Writes;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.axonframework.eventhandling.AnnotationEventHandlerAdapter;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A store that is written as the service writes it: event and views in one transaction, with the service's role. */
final class LiveStore implements AutoCloseable {

    private static final Serializer SERIALIZER = EventJson.serializer();

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final SingleConnectionDataSource service =
            new SingleConnectionDataSource(database.url(), database.serviceUser(), database.servicePassword(), true);
    private final Connection connection = service.getConnection();
    private final List<TransactionalView> views = Replay.ofTheService(Writes.immediate(JdbcClient.create(service)));
    private final Map<String, Long> nextSequence = new HashMap<>();

    LiveStore() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** Connections of the role that owns the schema, as a replay has them. */
    DriverManagerDataSource owner() {
        Properties properties = new Properties();
        properties.setProperty("user", database.ownerUser());
        properties.setProperty("password", database.ownerPassword());
        properties.setProperty("reWriteBatchedInserts", "true");
        return new DriverManagerDataSource(database.url(), properties);
    }

    JdbcClient sql() {
        return JdbcClient.create(owner());
    }

    List<String> texts(String sql) {
        return sql().sql(sql).query(String.class).list();
    }

    /** Facts happen, each in a transaction of its own. */
    void given(Object... events) throws Exception {
        for (Object event : events) {
            write(event);
            connection.commit();
        }
    }

    /** A fact whose transaction goes on until {@link #commit()}. */
    void begin(Object event) throws Exception {
        write(event);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    private void write(Object event) throws Exception {
        String stream = stream(event);
        long sequence = nextSequence.merge(stream, 0L, (last, zero) -> last + 1);
        SerializedObject<byte[]> payload = SERIALIZER.serialize(event, byte[].class);
        append(stream, sequence, payload.getType().getName(), payload.getType().getRevision(), payload.getData());
        GenericDomainEventMessage<Object> message = new GenericDomainEventMessage<>("key", stream, sequence, event);
        for (TransactionalView view : views) {
            new AnnotationEventHandlerAdapter(view).handle(message);
        }
    }

    /** An event that nobody can read, written behind the service's back; answers its identifier. */
    String poison(String stream, String name, String payload) throws SQLException {
        long sequence = nextSequence.merge(stream, 0L, (last, zero) -> last + 1);
        String id = append(stream, sequence, name, "1", payload.getBytes(StandardCharsets.UTF_8));
        connection.commit();
        return id;
    }

    private String append(String stream, long sequence, String name, String revision, byte[] payload)
            throws SQLException {
        String id = UUID.randomUUID().toString();
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                    payload_revision, time_stamp, payload, meta_data)
                values (?, 'key', ?, ?, ?, ?, '2026-03-08T06:59:00.123Z', ?, '{}')
                """)) {
            statement.setString(1, id);
            statement.setString(2, stream);
            statement.setLong(3, sequence);
            statement.setString(4, name);
            statement.setString(5, revision);
            statement.setBytes(6, payload);
            statement.executeUpdate();
        }
        return id;
    }

    private static String stream(Object event) {
        return event instanceof KeyEvent key
                ? key.keyId().value()
                : ((AliasEvent) event).name().value();
    }

    /** Everything about the views' tables that migrations and privileges decide. */
    List<String> definitions() {
        List<String> all = new ArrayList<>();
        for (String table : List.of("key_state", "key_version", "key_notice", "alias", "key_tag")) {
            String oid = "'public." + table + "'::regclass";
            all.addAll(texts("select indexdef from pg_indexes where schemaname = 'public' and tablename = '" + table
                    + "' order by 1"));
            all.addAll(texts(
                    "select conname || ' ' || contype::text || ' ' || pg_get_constraintdef(oid) from pg_constraint"
                            + " where conrelid = " + oid + " order by 1"));
            all.addAll(texts("select pg_get_triggerdef(oid) from pg_trigger where tgrelid = " + oid + " order by 1"));
            all.addAll(texts("select a::text from pg_class, unnest(relacl) a where oid = " + oid + " order by 1"));
            all.addAll(texts("select relname || ' ' || relowner::regrole || ' ' || relpersistence::text || ' '"
                    + " || coalesce(reloptions::text, '') from pg_class where oid = " + oid));
            all.addAll(texts(
                    "select attname || ' ' || atttypid::regtype || ' ' || attnotnull || ' ' || atthasdef from pg_attribute"
                            + " where attrelid = " + oid + " and attnum > 0 order by attnum"));
        }
        return all;
    }

    @Override
    public void close() {
        service.destroy();
        database.close();
    }
}
