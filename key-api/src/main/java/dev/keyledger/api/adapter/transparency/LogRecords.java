package dev.keyledger.api.adapter.transparency;

import dev.keyledger.api.adapter.journal.AuditRecordReader;
import dev.keyledger.evidence.AuditRecordForm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The entries of the log: audit records by their place, as the canonical bytes in which they are proved (ADR 0007). Thread-safe. */
@Component
public class LogRecords {

    /** Records of one query: a tile's. The longest possible ones take 16 megabytes. */
    public static final int PAGE = 256;

    /** A record and the bytes in which it is proved. */
    public static final class Entry {

        private final AuditRecordForm form;
        private final byte[] canonical;

        private Entry(AuditRecordForm form) {
            this.form = form;
            this.canonical = form.canonical();
        }

        /** What the record says. */
        public AuditRecordForm form() {
            return form;
        }

        /** Its canonical bytes, changed by nobody. */
        public byte[] canonical() {
            return canonical;
        }
    }

    /** The planner would read a small table whole, keep that plan, and then read a large one whole for each page. */
    private static final String BY_INDEX = "set local enable_seqscan = off";

    private final JdbcClient jdbc;
    private final TransactionTemplate reading;

    LogRecords(JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.reading = new TransactionTemplate(transactions);
        reading.setReadOnly(true);
    }

    /** The records from one place on, as {@link #entries} has them, in their canonical bytes alone. */
    List<byte[]> read(long from, int count) {
        return entries(from, count).stream().map(Entry::canonical).toList();
    }

    /**
     * A record's place.
     *
     * @param recordedAt of the record; one of another instant is another record
     */
    private record Place(long logIndex, long recordId, Instant recordedAt) {}

    /**
     * The records from one place on.
     *
     * @param from place of the first
     * @param count how many, at most {@value #PAGE}
     * @return exactly as many
     * @throws BrokenLogException if a place has no record, or one that has no canonical form
     */
    public List<Entry> entries(long from, int count) {
        return Objects.requireNonNull(reading.execute(status -> {
            jdbc.sql(BY_INDEX).update();
            List<Place> places = places(from, count);
            int good = inOrder(places, from);
            // First the records before the fault, so that the first fault is the one that is named.
            List<Entry> records = good == 0 ? List.of() : records(places.subList(0, good));
            if (good < places.size() && places.get(good).logIndex() == from + good) {
                throw new BrokenLogException(
                        from + good,
                        "the order of the log was changed: record " + (from + good)
                                + " stands behind one that was recorded later");
            }
            if (good < count) {
                throw new BrokenLogException(
                        from + good, "record " + (from + good) + " has no place in the log any more");
            }
            return records;
        }));
    }

    private List<Place> places(long from, int count) {
        return jdbc.sql("""
                        select log_index, record_id, recorded_at from audit_index
                        where log_index >= :from and log_index < :to order by log_index
                        """)
                .param("from", from)
                .param("to", from + count)
                .query((row, number) -> new Place(row.getLong(1), row.getLong(2), instant(row, 3)))
                .list();
    }

    /** How many places there are before one is missing or not in the order of record ids. */
    private static int inOrder(List<Place> places, long from) {
        long lastRecord = 0;
        int good = 0;
        while (good < places.size()
                && places.get(good).logIndex() == from + good
                && places.get(good).recordId() > lastRecord) {
            lastRecord = places.get(good).recordId();
            good++;
        }
        return good;
    }

    /** Places are in the order of record ids, so that their records lie in one range of them. What else lies in it has no place. */
    private List<Entry> records(List<Place> places) {
        return jdbc.sql("select " + AuditRecordReader.COLUMNS
                        + " from audit_record where record_id >= :first and record_id <= :last order by record_id")
                .param("first", places.get(0).recordId())
                .param("last", places.get(places.size() - 1).recordId())
                .query((ResultSet rows) -> entries(rows, places));
    }

    private static List<Entry> entries(ResultSet rows, List<Place> places) throws SQLException {
        List<Entry> entries = new ArrayList<>(places.size());
        while (entries.size() < places.size() && rows.next()) {
            Place next = places.get(entries.size());
            if (rows.getLong(1) > next.recordId()) {
                break;
            }
            if (rows.getLong(1) == next.recordId()) {
                entry(rows, next).ifPresent(entries::add);
            }
        }
        if (entries.size() < places.size()) {
            long missing = places.get(entries.size()).logIndex();
            throw new BrokenLogException(missing, "record " + missing + " is missing");
        }
        return entries;
    }

    /** The record of a place; empty if the row is of another instant, and so another record. */
    private static Optional<Entry> entry(ResultSet row, Place place) throws SQLException {
        try {
            AuditRecordForm form = AuditRecordReader.form(row, 1);
            return form.time().equals(place.recordedAt()) ? Optional.of(new Entry(form)) : Optional.empty();
        } catch (RuntimeException malformed) {
            if (!instant(row, 2).equals(place.recordedAt())) {
                return Optional.empty();
            }
            // Its message may quote the record.
            throw new BrokenLogException(
                    place.logIndex(),
                    "record " + place.logIndex() + " has no canonical form: "
                            + malformed.getClass().getSimpleName());
        }
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
