package dev.keyledger.api.adapter.scrubber;

import dev.keyledger.api.adapter.ledger.EventDigests;
import dev.keyledger.api.adapter.transparency.BrokenLogException;
import dev.keyledger.evidence.AuditRecordForm;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Holds the events of one round against the records that cover them: each event of a record is stored as it was, no record covers the event of
 * another, and at the end no event is without a record. Takes one bit of memory for each event. For one thread.
 */
final class CoveredEventsCheck {

    /** Events of one look at the end of a round. */
    private static final int PAGE = 4_096;

    /** Of so many events it remembers which had a record, in 16 megabytes at most; the others are compared with theirs and no more. */
    private static final int MOST = 1 << 27;

    private final JdbcClient jdbc;
    private final BitSet covered = new BitSet();
    private final long lastEvent;
    private long checkedUpTo;

    CoveredEventsCheck(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.lastEvent = jdbc.sql("select coalesce(max(global_index), 0) from domain_event")
                .query(Long.class)
                .single();
    }

    private record StoredEvent(long number, String digest) {}

    /**
     * Checks the events of consecutive records.
     *
     * @param first place of the first
     * @throws BrokenLogException naming the first record with an event that is not as it was
     */
    void check(long first, List<AuditRecordForm> records) {
        List<String> ids = new ArrayList<>();
        records.forEach(each -> ids.addAll(each.eventIds()));
        if (ids.isEmpty()) {
            return;
        }
        Map<String, StoredEvent> stored = stored(ids);
        for (int i = 0; i < records.size(); i++) {
            check(first + i, records.get(i), stored);
        }
    }

    private void check(long place, AuditRecordForm record, Map<String, StoredEvent> stored) {
        for (int n = 0; n < record.eventIds().size(); n++) {
            StoredEvent event = stored.get(record.eventIds().get(n));
            if (event == null) {
                throw new BrokenLogException(place, "event " + n + " of record " + place + " is missing");
            }
            if (!event.digest.equals(record.eventDigests().get(n))) {
                throw new BrokenLogException(
                        place, "event " + n + " of record " + place + " is not the one that the record covers");
            }
            if (event.number > MOST) {
                continue;
            }
            if (covered.get((int) event.number)) {
                throw new BrokenLogException(
                        place, "event " + n + " of record " + place + " is covered by an earlier record already");
            }
            covered.set((int) event.number);
        }
    }

    private Map<String, StoredEvent> stored(List<String> ids) {
        Map<String, StoredEvent> found = new HashMap<>();
        jdbc.sql("""
                        select global_index, event_identifier, aggregate_type, aggregate_identifier, sequence_number, payload_type,
                            payload_revision, payload, meta_data
                        from domain_event where event_identifier = any(:ids)
                        """)
                .param("ids", ids.toArray(String[]::new))
                .query((row, number) -> found.put(row.getString(2), new StoredEvent(row.getLong(1), digest(row))))
                .list();
        return found;
    }

    private static String digest(ResultSet row) throws SQLException {
        return HexFormat.of()
                .formatHex(EventDigests.of(
                        text(row, "event_identifier"),
                        text(row, "aggregate_type"),
                        text(row, "aggregate_identifier"),
                        text(row, "sequence_number"),
                        text(row, "payload_type"),
                        text(row, "payload_revision"),
                        row.getBytes("payload"),
                        row.getBytes("meta_data")));
    }

    private static byte[] text(ResultSet row, String column) throws SQLException {
        return row.getString(column).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * After all records of the round: looks at the next of the events that were there when it began, for one that no record covers.
     *
     * @param lastRecord id of the round's last record; those that came just before the round may have theirs behind it
     * @return how many it looked at, 0 at the end
     * @throws BrokenLogException if no record covers an event
     */
    int checkNextUncovered(long lastRecord) {
        Map<Long, String> page = new LinkedHashMap<>();
        jdbc.sql("""
                        select global_index, event_identifier from domain_event
                        where global_index > :after and global_index <= :end order by global_index limit :limit
                        """)
                .param("after", checkedUpTo)
                .param("end", Math.min(lastEvent, MOST))
                .param("limit", PAGE)
                .query((row, number) -> page.put(row.getLong(1), row.getString(2)))
                .list();
        for (Map.Entry<Long, String> event : page.entrySet()) {
            checkedUpTo = Math.max(checkedUpTo, event.getKey());
            if (!covered.get(event.getKey().intValue()) && !coveredLater(event.getValue(), lastRecord)) {
                throw new BrokenLogException("event " + event.getKey() + " of the store is in no record of the log");
            }
        }
        return page.size();
    }

    private boolean coveredLater(String event, long lastRecord) {
        return jdbc.sql("select exists (select from audit_record where record_id > :last and :event = any(event_ids))")
                .param("last", lastRecord)
                .param("event", event)
                .query(Boolean.class)
                .single();
    }
}
