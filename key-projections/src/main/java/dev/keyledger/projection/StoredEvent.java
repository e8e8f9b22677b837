package dev.keyledger.projection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.axonframework.common.DateTimeUtils;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.serialization.SerializedMetaData;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SimpleSerializedObject;

/** A row of {@code domain_event} for the framework to read, not yet looked into. */
public final class StoredEvent implements DomainEventData<byte[]> {

    /** What a statement selects, in this order. */
    public static final String COLUMNS =
            "global_index, event_identifier, aggregate_type, aggregate_identifier, sequence_number,"
                    + " time_stamp, payload_type, payload_revision, payload, meta_data";

    private final long globalIndex;
    private final String eventIdentifier;
    private final String type;
    private final String aggregateIdentifier;
    private final long sequenceNumber;
    private final String timeStamp;
    private final SerializedObject<byte[]> payload;
    private final SerializedObject<byte[]> metaData;

    /**
     * The event of a row.
     *
     * @param row has {@link #COLUMNS}
     */
    public StoredEvent(ResultSet row) throws SQLException {
        globalIndex = row.getLong(1);
        eventIdentifier = row.getString(2);
        type = row.getString(3);
        aggregateIdentifier = row.getString(4);
        sequenceNumber = row.getLong(5);
        timeStamp = row.getString(6);
        payload = new SimpleSerializedObject<>(row.getBytes(9), byte[].class, row.getString(7), row.getString(8));
        metaData = new SerializedMetaData<>(row.getBytes(10), byte[].class);
    }

    /** Its place among all events. */
    public long globalIndex() {
        return globalIndex;
    }

    @Override
    public String getType() {
        return type;
    }

    @Override
    public String getAggregateIdentifier() {
        return aggregateIdentifier;
    }

    @Override
    public long getSequenceNumber() {
        return sequenceNumber;
    }

    @Override
    public String getEventIdentifier() {
        return eventIdentifier;
    }

    @Override
    public Instant getTimestamp() {
        return DateTimeUtils.parseInstant(timeStamp);
    }

    @Override
    public SerializedObject<byte[]> getPayload() {
        return payload;
    }

    @Override
    public SerializedObject<byte[]> getMetaData() {
        return metaData;
    }
}
