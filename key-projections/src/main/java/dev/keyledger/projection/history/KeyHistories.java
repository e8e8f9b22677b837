package dev.keyledger.projection.history;

import dev.keyledger.cmk.Cmk;
import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.eventlog.EventNames;
import dev.keyledger.eventlog.EventUpcasters;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.StoredEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventsourcing.EventStreamUtils;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.EventUpcasterChain;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * Reads histories from {@code domain_event}, through the same upcasters and serializer as the event store, and never from snapshots. As fresh
 * as the last committed event; only the place of a record in the log may come later. Many keys are read by one statement.
 *
 * <p>Histories are read without the causes of their events, which are as many look-ups in the audit log as there are events:
 * {@link #explained} and {@link #causes} add them to what needs them.
 */
@Component
public class KeyHistories {

    private static final String EVENTS = "select " + StoredEvent.COLUMNS + " from domain_event where ";

    private static final String IN_ORDER = " order by aggregate_identifier, sequence_number";

    private final EventUpcasterChain upcasters = EventUpcasters.chain();
    private final Serializer serializer;
    private final JdbcClient jdbc;

    KeyHistories(Serializer serializer, JdbcClient jdbc) {
        this.serializer = serializer;
        this.jdbc = jdbc;
    }

    /** The whole history of a key; without events if there never was such a key. */
    public KeyHistory of(KeyId keyId) {
        return of(List.of(keyId)).get(0);
    }

    /** The whole histories of some keys, in their order. */
    public List<KeyHistory> of(List<KeyId> keyIds) {
        Map<String, List<DomainEventMessage<?>>> streams =
                streams(jdbc.sql(EVENTS + "aggregate_identifier = any(:keys)" + IN_ORDER)
                        .param("keys", keyIds.stream().map(KeyId::value).toArray(String[]::new)));
        return keyIds.stream()
                .map(keyId -> history(keyId, streams.getOrDefault(keyId.value(), List.of())))
                .toList();
    }

    /**
     * The whole histories of the keys that follow, as many as have about so many events together, in the order of {@link #keys}.
     *
     * @param after the last one of the part before, or null
     * @return empty only at the end
     */
    public List<KeyHistory> following(@Nullable KeyId after, int events) {
        Map<String, List<DomainEventMessage<?>>> streams = streams(jdbc.sql(EVENTS
                        + "aggregate_type = :type and aggregate_identifier > :after" + IN_ORDER + " limit " + events)
                .param("type", Cmk.TYPE)
                .param("after", after == null ? "" : after.value()));
        List<String> keys = new ArrayList<>(streams.keySet());
        if (streams.values().stream().mapToInt(List::size).sum() == events) {
            // The last one may go on behind the limit.
            String last = keys.remove(keys.size() - 1);
            if (keys.isEmpty()) {
                return of(List.of(new KeyId(last)));
            }
        }
        return keys.stream()
                .map(key -> history(new KeyId(key), streams.getOrDefault(key, List.of())))
                .toList();
    }

    /**
     * A part of a key's history.
     *
     * @param first key state version of the first event wanted
     * @param limit most events to read
     */
    public KeyHistory part(KeyId keyId, long first, int limit) {
        Map<String, List<DomainEventMessage<?>>> streams = streams(jdbc.sql(EVENTS
                        + "aggregate_identifier = :key and sequence_number >= :first" + IN_ORDER + " limit " + limit)
                .param("key", keyId.value())
                .param("first", first));
        return history(keyId, streams.getOrDefault(keyId.value(), List.of()));
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

    /** By key, in the order of the statement. */
    private Map<String, List<DomainEventMessage<?>>> streams(StatementSpec statement) {
        List<StoredEvent> rows =
                statement.query((row, number) -> new StoredEvent(row)).list();
        DomainEventStream events =
                EventStreamUtils.upcastAndDeserializeDomainEvents(rows.stream(), serializer, upcasters);
        Map<String, List<DomainEventMessage<?>>> streams = new LinkedHashMap<>();
        while (events.hasNext()) {
            DomainEventMessage<?> event = events.next();
            streams.computeIfAbsent(event.getAggregateIdentifier(), key -> new ArrayList<>())
                    .add(event);
        }
        return streams;
    }

    private static KeyHistory history(KeyId keyId, List<DomainEventMessage<?>> stream) {
        return new KeyHistory(
                keyId,
                stream.stream()
                        .map(message -> new PastEvent(
                                (KeyEvent) message.getPayload(),
                                message.getIdentifier(),
                                EventNames.nameOf(message.getPayloadType()).orElseThrow(),
                                message.getSequenceNumber(),
                                new CausingRequest(message),
                                null))
                        .toList());
    }

    /** The same histories, each event with its cause. */
    public List<KeyHistory> explained(List<KeyHistory> histories) {
        Map<String, Cause> causes = causes(
                histories.stream().flatMap(each -> each.events().stream()).toList());
        return histories.stream()
                .map(each -> new KeyHistory(
                        each.keyId(),
                        each.events().stream()
                                .map(past -> past.causedBy(causes.get(past.eventId())))
                                .toList()))
                .toList();
    }

    /** What brought events about, by event id, as far as records say it. */
    public Map<String, Cause> causes(Collection<PastEvent> events) {
        Map<String, Cause> causes = new HashMap<>();
        UUID[] requests = events.stream()
                .map(PastEvent::request)
                .filter(Objects::nonNull)
                .distinct()
                .flatMap(request -> request.id().stream())
                .distinct()
                .toArray(UUID[]::new);
        // Requests are few columns away, since every event says which one caused it.
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
