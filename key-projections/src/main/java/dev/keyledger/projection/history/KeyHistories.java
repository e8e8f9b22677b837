package dev.keyledger.projection.history;

import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.eventlog.EventNames;
import dev.keyledger.projection.SqlTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads histories from {@code domain_event}, through the event store and so through its upcasters, and never from snapshots. As fresh as the
 * last committed event; only the place of a record in the log may come later.
 */
@Component
public class KeyHistories {

    /** Under which an event's metadata names the request that caused it. */
    private static final String REQUEST_ID = "requestId";

    private final EventStorageEngine events;
    private final JdbcClient jdbc;

    KeyHistories(EventStorageEngine events, JdbcClient jdbc) {
        this.events = events;
        this.jdbc = jdbc;
    }

    /** The whole history of a key; without events if there never was such a key. */
    public KeyHistory of(KeyId keyId) {
        return of(List.of(keyId)).get(0);
    }

    /** The whole histories of some keys, in their order. */
    public List<KeyHistory> of(List<KeyId> keyIds) {
        List<List<DomainEventMessage<?>>> streams =
                keyIds.stream().map(keyId -> read(keyId, 0, Integer.MAX_VALUE)).toList();
        Map<String, Cause> causes =
                causes(streams.stream().flatMap(List::stream).toList());
        List<KeyHistory> histories = new ArrayList<>();
        for (int i = 0; i < keyIds.size(); i++) {
            histories.add(history(keyIds.get(i), streams.get(i), causes));
        }
        return histories;
    }

    /**
     * A part of a key's history.
     *
     * @param first key state version of the first event wanted
     * @param limit most events to read
     */
    public KeyHistory part(KeyId keyId, long first, int limit) {
        List<DomainEventMessage<?>> stream = read(keyId, first, limit);
        return history(keyId, stream, causes(stream));
    }

    /**
     * Ids of all keys there ever were, in the order of their text.
     *
     * @param after the last one of the page before, or null
     */
    public List<KeyId> keys(@Nullable KeyId after, int limit) {
        return jdbc.sql("""
                        select aggregate_identifier from domain_event
                        where sequence_number = 0 and aggregate_type = :type and aggregate_identifier > :after
                        order by aggregate_identifier limit
                        """ + limit)
                .param("type", Cmk.TYPE)
                .param("after", after == null ? "" : after.value())
                .query((row, number) -> new KeyId(row.getString(1)))
                .list();
    }

    private List<DomainEventMessage<?>> read(KeyId keyId, long first, int limit) {
        List<DomainEventMessage<?>> read = new ArrayList<>();
        DomainEventStream stream = events.readEvents(keyId.value(), first);
        while (read.size() < limit && stream.hasNext()) {
            read.add(stream.next());
        }
        return read;
    }

    private static KeyHistory history(KeyId keyId, List<DomainEventMessage<?>> stream, Map<String, Cause> causes) {
        return new KeyHistory(
                keyId,
                stream.stream()
                        .map(message -> new PastEvent(
                                (KeyEvent) message.getPayload(),
                                message.getIdentifier(),
                                EventNames.nameOf(message.getPayloadType()).orElseThrow(),
                                message.getSequenceNumber(),
                                causes.get(message.getIdentifier())))
                        .toList());
    }

    /** By event: requests are few columns away, since every event says which one caused it. */
    private Map<String, Cause> causes(Collection<? extends DomainEventMessage<?>> messages) {
        Map<String, Cause> causes = new HashMap<>();
        UUID[] requests = messages.stream()
                .map(message -> message.getMetaData().get(REQUEST_ID))
                .filter(Objects::nonNull)
                .map(request -> UUID.fromString(request.toString()))
                .distinct()
                .toArray(UUID[]::new);
        if (requests.length > 0) {
            jdbc.sql("""
                            select e.event_id, i.log_index, r.recorded_at, r.request_id, r.principal, r.action, r.caller_reason
                            from audit_record r
                            left join audit_index i on i.record_id = r.record_id
                            cross join lateral unnest(r.event_ids) as e (event_id)
                            where r.request_id = any(:requests)
                            """).param("requests", requests).query(row -> {
                causes.put(
                        row.getString("event_id"),
                        new Cause(
                                row.getObject("log_index", Long.class),
                                SqlTime.read(row, "recorded_at"),
                                row.getObject("request_id", UUID.class),
                                row.getString("principal"),
                                row.getString("action"),
                                row.getString("caller_reason")));
            });
        }
        return causes;
    }
}
