package dev.keyledger.projection.auditlog;

import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes and reads {@code audit_stretch}: where in the log a range of instants can lie. Consistency: eventual and never wrong, since a
 * stretch without a row can hold anything. Rebuild: empty the table.
 */
@Component
public class TimeStretches {

    /** Records of a stretch: what a range of instants may have to look at too much at either end. */
    static final int SIZE = 16_384;

    /** Beyond so many stretches without a row nothing is said of them but that they can hold anything. */
    private static final int PATIENCE = 2;

    private final JdbcClient jdbc;
    private final int size;

    @Autowired
    TimeStretches(JdbcClient jdbc) {
        this(jdbc, SIZE);
    }

    TimeStretches(JdbcClient jdbc, int size) {
        this.jdbc = jdbc;
        this.size = size;
    }

    /**
     * Adds the next full stretch.
     *
     * @return whether there was one; then there may be more
     */
    public boolean add() {
        return jdbc.sql("""
                        insert into audit_stretch (first_index, earliest, latest)
                        select min(log_index), min(recorded_at), max(recorded_at)
                        from audit_index, (select coalesce(max(first_index) + :size, 0) as first from audit_stretch) s
                        where log_index >= s.first and log_index < s.first + :size
                        having count(*) = :size
                        on conflict do nothing
                        """).param("size", size).update() == 1;
    }

    /** The part of a range that can hold records of these instants. */
    LogRange bounds(@Nullable Instant from, @Nullable Instant to, LogRange range) {
        long low = from == null ? range.from() : firstFrom(from);
        long high = to == null ? range.to() : endBefore(to, range);
        return range.within(low, high);
    }

    /** A place before which no record is of this instant or later; records from there on may be older. */
    public long firstIndexAt(Instant from) {
        return firstFrom(from);
    }

    private long firstFrom(Instant from) {
        return jdbc.sql("""
                        select coalesce(
                            (select first_index from audit_stretch where latest >= :from order by first_index limit 1),
                            (select max(first_index) + :size from audit_stretch), 0)
                        """)
                .param("from", SqlTime.of(from))
                .param("size", size)
                .query(Long.class)
                .single();
    }

    private long endBefore(Instant to, LogRange range) {
        long tail = jdbc.sql("select coalesce(max(first_index) + :size, 0) from audit_stretch")
                .param("size", size)
                .query(Long.class)
                .single();
        boolean inTail = range.to() > tail
                && (range.to() - tail > (long) PATIENCE * size
                        || jdbc.sql(
                                        "select exists (select from audit_index where log_index >= :tail and recorded_at < :to)")
                                .param("tail", tail)
                                .param("to", SqlTime.of(to))
                                .query(Boolean.class)
                                .single());
        return inTail
                ? range.to()
                : jdbc.sql("""
                        select coalesce(
                            (select first_index + :size from audit_stretch where earliest < :to order by first_index desc limit 1), 0)
                        """)
                        .param("size", size)
                        .param("to", SqlTime.of(to))
                        .query(Long.class)
                        .single();
    }
}
