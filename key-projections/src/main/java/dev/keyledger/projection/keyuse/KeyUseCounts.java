package dev.keyledger.projection.keyuse;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Reads {@code key_use_day}: as far as the report has followed the log, which every answer says. */
@Component
public class KeyUseCounts {

    private final JdbcClient jdbc;

    KeyUseCounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A count.
     *
     * @param day in UTC, by store time
     * @param principal empty if nobody was authenticated
     * @param count at least 1
     */
    public record Row(LocalDate day, String principal, String action, String outcome, long count) {

        /** Before every row of a day. */
        public static Row before(LocalDate day) {
            return new Row(day, "", "", "", 0);
        }
    }

    /**
     * Up to where records are counted.
     *
     * @param fromIndex the first place in the log that is counted; null before the first
     * @param size every record from there and below this place is counted, or parked
     * @param instant of the last one; null before the first
     */
    public record Counted(
            @Nullable Long fromIndex, long size, @Nullable Instant instant) {}

    /**
     * A page.
     *
     * @param parked records of the key that are not counted, because one of them could not be
     */
    public record Page(List<Row> rows, Counted counted, long parked) {}

    /**
     * Counts of a key, by day, principal, action and outcome.
     *
     * @param after the row before the first one wanted
     * @param to the day after the last one wanted
     */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public Page page(KeyId keyId, Row after, LocalDate to, int limit) {
        // Rows and position as of one moment, or a count could be newer than what the answer says of it.
        List<Row> rows = jdbc.sql("""
                        select day, principal, action, outcome, uses from key_use_day
                        where key_id = :key and (day, principal, action, outcome) > (:day, :principal, :action, :outcome) and day < :to
                        order by day, principal, action, outcome limit
                        """ + limit)
                .param("key", keyId.asUuid())
                .param("day", after.day())
                .param("principal", after.principal())
                .param("action", after.action())
                .param("outcome", after.outcome())
                .param("to", to)
                .query((row, number) -> new Row(
                        row.getObject("day", LocalDate.class),
                        row.getString("principal"),
                        row.getString("action"),
                        row.getString("outcome"),
                        row.getLong("uses")))
                .list();
        Counted counted = jdbc.sql("select first_index, next_index, read_to from report where name = :name")
                .param("name", KeyUseReport.NAME)
                .query((row, number) -> new Counted(
                        row.getObject("first_index", Long.class),
                        row.getLong("next_index"),
                        SqlTime.readNullable(row, "read_to")))
                .single();
        long parked = jdbc.sql("select count(*) from report_parked where report = :name and key_ids @> array[:key]")
                .param("name", KeyUseReport.NAME)
                .param("key", keyId.asUuid())
                .query(Long.class)
                .single();
        return new Page(rows, counted, parked);
    }
}
