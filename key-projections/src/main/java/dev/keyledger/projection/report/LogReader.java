package dev.keyledger.projection.report;

import dev.keyledger.projection.SqlTime;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the log for reports: by place, so that what has no place yet is not there. A record that is gone, its place being left, is passed over. */
final class LogReader {

    /** By place, each record looked up by itself: a plan for any range would rather read the whole log. */
    private static final String RECORDS = """
            select i.log_index, i.recorded_at as placed_at, r.*
            from audit_index i
            left join lateral (
                select record_id, request_id, action, outcome, error_code, principal, source_ip, user_agent, key_ids, key_state_versions,
                    key_version_id, alias_used, caller_reason, context, destination_context, event_ids
                from audit_record a where a.recorded_at = i.recorded_at and a.record_id = i.record_id offset 0) r on true
            where\s""";

    private final Connection connection;
    private final boolean facts;

    /**
     * A reader.
     *
     * @param facts whether what changed is read too
     */
    LogReader(Connection connection, boolean facts) {
        this.connection = connection;
        this.facts = facts;
    }

    /**
     * A part of the log.
     *
     * @param from the first place in it that there is
     * @param to place after the last one; equal to {@code from} if there is none
     * @param readTo instant of the last one
     */
    record Stretch(
            List<StoredRecord> records,
            long from,
            long to,
            @Nullable Instant readTo) {

        int places() {
            return Math.toIntExact(to - from);
        }
    }

    /** The log from a place on. */
    Stretch from(long first, int limit) throws SQLException {
        // The number stands in the text: the service has its statements planned once for all values.
        try (PreparedStatement statement =
                connection.prepareStatement(RECORDS + "i.log_index >= ? order by i.log_index limit " + limit)) {
            statement.setLong(1, first);
            try (ResultSet row = statement.executeQuery()) {
                List<StoredRecord> records = new ArrayList<>();
                long begin = first;
                long next = first;
                Instant readTo = null;
                while (row.next()) {
                    long index = row.getLong("log_index");
                    begin = readTo == null ? index : begin;
                    next = index + 1;
                    readTo = SqlTime.read(row, "placed_at");
                    if (row.getObject("record_id") != null) {
                        records.add(record(row));
                    }
                }
                return new Stretch(withFacts(records), begin, Math.max(begin, next), readTo);
            }
        }
    }

    /** The same without the records. */
    Stretch placesFrom(long first, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select f.log_index as first_index, l.log_index + 1 as next_index, l.recorded_at
                from (select log_index from audit_index where log_index >= ? order by log_index limit 1) f
                cross join lateral (
                    select log_index, recorded_at from audit_index where log_index < f.log_index + ? order by log_index desc limit 1) l
                """)) {
            statement.setLong(1, first);
            statement.setLong(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Stretch(List.of(), row.getLong(1), row.getLong(2), SqlTime.read(row, "recorded_at"))
                        : new Stretch(List.of(), first, first, null);
            }
        }
    }

    /** The records at some places that there still are. */
    List<StoredRecord> at(List<Long> places) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(RECORDS + "i.log_index = any(?) order by i.log_index")) {
            statement.setArray(1, connection.createArrayOf("bigint", places.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                List<StoredRecord> records = new ArrayList<>();
                while (row.next()) {
                    if (row.getObject("record_id") != null) {
                        records.add(record(row));
                    }
                }
                return withFacts(records);
            }
        }
    }

    private static StoredRecord record(ResultSet row) throws SQLException {
        return new StoredRecord(
                row.getLong("log_index"),
                SqlTime.read(row, "placed_at"),
                row.getObject("request_id", UUID.class),
                row.getString("action"),
                row.getString("outcome"),
                row.getString("error_code"),
                row.getString("principal"),
                row.getString("source_ip"),
                row.getString("user_agent"),
                array(row, "key_ids", UUID.class),
                array(row, "key_state_versions", Long.class),
                row.getObject("key_version_id", UUID.class),
                row.getString("alias_used"),
                row.getString("caller_reason"),
                row.getString("context"),
                row.getString("destination_context"),
                array(row, "event_ids", String.class),
                Map.of());
    }

    private static <E> List<E> array(ResultSet row, String column, Class<E> type) throws SQLException {
        Array array = row.getArray(column);
        return Arrays.stream((Object[]) array.getArray()).map(type::cast).toList();
    }

    private List<StoredRecord> withFacts(List<StoredRecord> records) throws SQLException {
        String[] ids =
                records.stream().flatMap(record -> record.eventIds().stream()).toArray(String[]::new);
        if (!facts || ids.length == 0) {
            return records;
        }
        Map<String, StoredFact> events = events(ids);
        return records.stream()
                .map(record -> record.eventIds().isEmpty() ? record : record.with(events))
                .toList();
    }

    private Map<String, StoredFact> events(String[] ids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select event_identifier, payload_type, payload_revision, aggregate_identifier, sequence_number, payload
                from domain_event where event_identifier = any(?)
                """)) {
            statement.setArray(1, connection.createArrayOf("text", ids));
            try (ResultSet row = statement.executeQuery()) {
                Map<String, StoredFact> events = new HashMap<>();
                while (row.next()) {
                    events.put(
                            row.getString("event_identifier"),
                            new StoredFact(
                                    row.getString("payload_type"),
                                    row.getString("payload_revision"),
                                    row.getString("aggregate_identifier"),
                                    row.getLong("sequence_number"),
                                    new String(row.getBytes("payload"), StandardCharsets.UTF_8)));
                }
                return events;
            }
        }
    }
}
