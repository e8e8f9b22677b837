package dev.keyledger.projection.report;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import dev.keyledger.projection.SqlTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** An audit log as tests write it: each record has its place at once. */
final class WrittenLog implements AutoCloseable {

    static final Instant BEGINNING = Instant.parse("2026-11-27T23:59:00Z");

    private final TestDatabase database = TestPostgres.freshDatabase();
    private final SingleConnectionDataSource connection =
            new SingleConnectionDataSource(database.url(), database.ownerUser(), database.ownerPassword(), true);
    private final JdbcClient owner = JdbcClient.create(connection);
    private int size;

    /** SQL of the schema's owner; for the test's own thread. */
    JdbcClient owner() {
        return owner;
    }

    /** Name of the service's role. */
    String serviceRole() {
        return database.serviceUser();
    }

    /** A session of the service, in a time zone of its own. */
    Connection session() throws SQLException {
        return DriverManager.getConnection(
                database.url() + "?options=-c%20TimeZone=Asia/Kolkata%20-c%20plan_cache_mode=force_generic_plan",
                database.serviceUser(),
                database.servicePassword());
    }

    /** Records a use of some keys; answers its place. */
    int record(String action, UUID... keys) {
        return record(action, BEGINNING.plusSeconds(size), null, keys);
    }

    int record(String action, Instant at, @Nullable String eventId, UUID... keys) {
        long id = 1000 + 3L * size;
        owner.sql("""
                        insert into audit_record (record_id, recorded_at, node, request_id, principal, auth_method, replay_protected, source_ip,
                            action, key_ids, key_state_versions, outcome, context, event_ids, event_digests)
                        values (:id, :at, 'n', gen_random_uuid(), :principal, 'basic', false, '192.0.2.1', :action, :keys, :versions, 'Success',
                            '{"a":"b"}', :events, :digests)
                        """)
                .param("id", id)
                .param("at", SqlTime.of(at))
                .param("principal", size % 3 == 0 ? null : "p" + size % 3)
                .param("action", action)
                .param("keys", keys)
                .param("versions", Arrays.stream(keys).map(key -> 0L).toArray(Long[]::new))
                .param("events", eventId == null ? new String[0] : new String[] {eventId})
                .param("digests", eventId == null ? new byte[0][] : new byte[][] {{1}})
                .update();
        owner.sql("insert into audit_index (log_index, record_id, recorded_at) values (:index, :id, :at)")
                .param("index", size)
                .param("id", id)
                .param("at", SqlTime.of(at))
                .update();
        owner.sql("update sequencer set next_index = :size, last_record_id = :id")
                .param("size", size + 1)
                .param("id", id)
                .update();
        return size++;
    }

    /** The instant of the last record. */
    Instant last() {
        return BEGINNING.plusSeconds(size - 1);
    }

    /** Puts an event into the store; answers its id. */
    String event(String name, UUID key, String payload) {
        String id = UUID.randomUUID().toString();
        owner.sql("""
                        insert into domain_event (event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                            payload_revision, time_stamp, payload, meta_data)
                        values (:id, 'key', :key, 7, :name, '1', '2026-11-24T10:00:00Z', convert_to(:payload, 'UTF8'), '{}')
                        """)
                .param("id", id)
                .param("key", key.toString())
                .param("name", name)
                .param("payload", payload)
                .update();
        return id;
    }

    /** All rows of a table as text. */
    List<String> rows(String table) {
        return owner.sql("select t::text from " + table + " t order by 1")
                .query(String.class)
                .list();
    }

    /** Ends all sessions of the service; answers how many. */
    int endSessionsOfTheService() {
        return JdbcClient.create(new DriverManagerDataSource(
                        database.url(),
                        TestPostgres.server().superuser(),
                        TestPostgres.server().superuserPassword()))
                .sql("""
                        select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = :service
                        """)
                .param("service", database.serviceUser())
                .query(Boolean.class)
                .list()
                .size();
    }

    @Override
    public void close() {
        connection.destroy();
        database.close();
    }
}
