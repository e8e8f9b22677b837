package dev.keyledger.projection.keyuse;

import dev.keyledger.extension.report.LogRecord;
import dev.keyledger.projection.report.StretchReport;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * Writes {@code key_use_day}. Consistency: eventual, and says up to which place in the log. Every record counts for each key that it touches.
 * Rebuild: from the log, to the same rows; some hundred thousand records a second, ten thousand while some are parked.
 */
@Component
public class KeyUseReport implements StretchReport {

    /** Its row in {@code report}. No extension can have this name, which has a hyphen. */
    public static final String NAME = "key-uses";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public boolean wantsFacts() {
        return false;
    }

    @Override
    public List<String> tables() {
        return List.of("key_use_day");
    }

    /**
     * In the server, which then has nothing to send: that costs a fraction of having every record told. Records lie in one range of ids, because
     * places are in their order; the pairs of instant and id leave out what has no place. Keys are taken apart after records of the same ones
     * have been added up.
     */
    @Override
    public void digest(long from, long to, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STRETCH)) {
            statement.setLong(1, from);
            statement.setLong(2, to);
            statement.executeUpdate();
        }
    }

    private record Counted(UUID keyId, LocalDate day, String principal, String action, String outcome) {}

    @Override
    public void digest(List<LogRecord> records, Connection connection) throws SQLException {
        Map<Counted, Long> counts = new LinkedHashMap<>();
        for (LogRecord record : records) {
            LocalDate day = LocalDate.ofInstant(record.time(), ZoneOffset.UTC);
            for (UUID keyId : new LinkedHashSet<>(record.keyIds())) {
                counts.merge(
                        new Counted(keyId, day, record.principal().orElse(""), record.action(), record.outcome()),
                        1L,
                        Long::sum);
            }
        }
        if (!counts.isEmpty()) {
            add(counts, connection);
        }
    }

    private static final String STRETCH = """
            with place as materialized (
                select record_id, recorded_at from audit_index where log_index >= ? and log_index < ?),
            span as materialized (select min(record_id) as first, max(record_id) as last from place),
            counted as materialized (
                select r.key_ids, r.day, r.principal, r.action, r.outcome, count(*) as uses
                from span s
                cross join lateral (
                    select a.record_id, a.recorded_at, a.key_ids, (a.recorded_at at time zone 'UTC')::date as day,
                        coalesce(a.principal, '') as principal, a.action, a.outcome
                    from audit_record a where a.record_id >= s.first and a.record_id <= s.last and a.key_ids <> '{}' offset 0) r
                where (r.record_id, r.recorded_at) in (select record_id, recorded_at from place)
                group by r.key_ids, r.day, r.principal, r.action, r.outcome)
            insert into key_use_day (key_id, day, principal, action, outcome, uses)
            select k.key_id, c.day, c.principal, c.action, c.outcome, sum(c.uses)
            from counted c cross join lateral (select distinct u.key_id from unnest(c.key_ids) as u (key_id)) k
            group by k.key_id, c.day, c.principal, c.action, c.outcome
            on conflict (key_id, day, principal, action, outcome) do update set uses = key_use_day.uses + excluded.uses
            """;

    private static void add(Map<Counted, Long> counts, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into key_use_day (key_id, day, principal, action, outcome, uses)
                select * from unnest(?::uuid[], ?::text[]::date[], ?::text[], ?::text[], ?::text[], ?::bigint[])
                on conflict (key_id, day, principal, action, outcome) do update set uses = key_use_day.uses + excluded.uses
                """)) {
            set(statement, 1, "uuid", counts, Counted::keyId);
            set(statement, 2, "text", counts, count -> count.day().toString());
            set(statement, 3, "text", counts, Counted::principal);
            set(statement, 4, "text", counts, Counted::action);
            set(statement, 5, "text", counts, Counted::outcome);
            set(statement, 6, "bigint", counts, counts::get);
            statement.executeUpdate();
        }
    }

    private static void set(
            PreparedStatement statement,
            int place,
            String type,
            Map<Counted, Long> counts,
            Function<Counted, Object> column)
            throws SQLException {
        statement.setArray(
                place,
                statement
                        .getConnection()
                        .createArrayOf(
                                type, counts.keySet().stream().map(column).toArray()));
    }
}
