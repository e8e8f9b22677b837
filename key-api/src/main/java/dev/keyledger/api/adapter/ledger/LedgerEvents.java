package dev.keyledger.api.adapter.ledger;

import dev.keyledger.api.adapter.ledger.OpenChange.StoredStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.axonframework.common.DateTimeUtils;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * The framework's event storage, in fewer round trips where a ledger transaction is open: its aggregates are read all at once, snapshots,
 * events and store time together, and what it appends goes with everything else that it writes. That another writer was faster then shows
 * only when the transaction is sent.
 */
public final class LedgerEvents extends JdbcEventStorageEngine {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerEvents.class);

    private static final String FIELDS =
            "event_identifier, aggregate_identifier, sequence_number, aggregate_type, time_stamp,"
                    + " payload_type, payload_revision, payload, meta_data";

    private static final String APPEND = "insert into domain_event (" + FIELDS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /**
     * Snapshot, events and store time by one statement: no snapshot can come between snapshot and events, and no change between the events and
     * the instant at which they are judged. The instant is taken as the statement runs, later than any event that it sees.
     */
    private static final String READ_ONE = """
            with moment as materialized (select keyledger_now() as at),
            latest as materialized (
                select %1$s from snapshot_event where aggregate_identifier = ? order by sequence_number desc limit 1)
            select true as snapshot, latest.*, (select at from moment) as read_at from latest
            union all
            select false, %1$s, (select at from moment) from domain_event
            where aggregate_identifier = ? and sequence_number > coalesce((select sequence_number from latest), -1)
            order by snapshot desc, sequence_number
            """.formatted(FIELDS);

    private static final String READ_MANY = """
            with moment as materialized (select keyledger_now() as at),
            wanted as materialized (select unnest(?::text[]) as stream),
            latest as materialized (
                select s.* from wanted cross join lateral (
                    select %1$s from snapshot_event where aggregate_identifier = stream order by sequence_number desc limit 1) s)
            select true as snapshot, latest.*, (select at from moment) as read_at from latest
            union all
            select false, e.*, (select at from moment) from wanted cross join lateral (
                select %1$s from domain_event
                where aggregate_identifier = stream and sequence_number > coalesce(
                    (select sequence_number from latest where aggregate_identifier = stream), -1)
                offset 0) e
            order by snapshot desc, sequence_number
            """.formatted(FIELDS);

    private final LedgerWrites ledger;
    private final DataSource dataSource;

    public LedgerEvents(Builder builder, LedgerWrites ledger, DataSource dataSource) {
        super(builder);
        this.ledger = ledger;
        this.dataSource = dataSource;
    }

    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        OpenChange change = ledger.current();
        if (change == null) {
            super.appendEvents(events, serializer);
            return;
        }
        CoveredEvents.append(events, serializer);
        for (EventMessage<?> message : events) {
            DomainEventMessage<?> event = (DomainEventMessage<?>) message;
            SerializedObject<byte[]> payload = event.serializePayload(serializer, byte[].class);
            SerializedObject<byte[]> metaData = event.serializeMetaData(serializer, byte[].class);
            change.writes()
                    .add(
                            APPEND,
                            event.getIdentifier(),
                            event.getAggregateIdentifier(),
                            event.getSequenceNumber(),
                            event.getType(),
                            DateTimeUtils.formatInstant(event.getTimestamp()),
                            payload.getType().getName(),
                            payload.getType().getRevision(),
                            payload.getData(),
                            metaData.getData());
        }
    }

    /** A snapshot that this version cannot read, because another one wrote it, is no snapshot: the whole stream says the same. */
    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
        try {
            Optional<DomainEventMessage<?>> snapshot = super.readSnapshot(aggregateIdentifier);
            // Read in full here: later would be too late to do without it.
            snapshot.ifPresent(DomainEventMessage::getPayload);
            return snapshot;
        } catch (SerializationException unreadable) {
            LOG.debug("the snapshot of {} is not one of this version", aggregateIdentifier);
            return Optional.empty();
        }
    }

    @Override
    protected Stream<? extends DomainEventData<?>> readSnapshotData(String aggregateIdentifier) {
        OpenChange change = ledger.current();
        if (change != null && change.readsAhead(aggregateIdentifier)) {
            readAhead(change);
        }
        Optional<StoredStream> read = change == null ? Optional.empty() : change.stream(aggregateIdentifier);
        return read.isPresent()
                ? Stream.ofNullable(read.get().snapshot())
                : super.readSnapshotData(aggregateIdentifier);
    }

    @Override
    protected Stream<? extends DomainEventData<?>> readEventData(String identifier, long firstSequenceNumber) {
        OpenChange change = ledger.current();
        Optional<List<DomainEventData<?>>> read =
                change == null ? Optional.empty() : change.takeEvents(identifier, firstSequenceNumber);
        return read.isPresent() ? read.get().stream() : super.readEventData(identifier, firstSequenceNumber);
    }

    private void readAhead(OpenChange change) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        boolean one = change.streams().size() == 1;
        try (PreparedStatement statement = connection.prepareStatement(one ? READ_ONE : READ_MANY)) {
            if (one) {
                String stream = change.streams().iterator().next();
                statement.setString(1, stream);
                statement.setString(2, stream);
            } else {
                statement.setObject(1, change.streams().toArray(String[]::new));
            }
            long nanos = System.nanoTime();
            Map<String, StoredStream> streams = new HashMap<>();
            // A stream without a row has no events, and is not to be asked for again.
            change.streams().forEach(stream -> streams.put(stream, new StoredStream(null, new ArrayList<>())));
            Instant at = null;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    add(rows, streams);
                    at = rows.getObject("read_at", OffsetDateTime.class).toInstant();
                }
            }
            change.read(streams, at, nanos);
        } catch (SQLException failed) {
            throw new EventStoreException("the streams of a change cannot be read", failed);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    private void add(ResultSet row, Map<String, StoredStream> streams) throws SQLException {
        if (row.getBoolean("snapshot")) {
            DomainEventData<?> snapshot = getSnapshotData(row);
            streams.put(snapshot.getAggregateIdentifier(), new StoredStream(snapshot, new ArrayList<>()));
        } else {
            DomainEventData<?> event = getDomainEventData(row);
            streams.computeIfAbsent(event.getAggregateIdentifier(), name -> new StoredStream(null, new ArrayList<>()))
                    .events()
                    .add(event);
        }
    }
}
