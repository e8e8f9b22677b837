package dev.keyledger.projection.keyuse;

import dev.keyledger.extension.report.LogRecord;
import dev.keyledger.projection.report.FollowedReport;
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
 * Rebuild: from the log, to the same rows; some ten thousand records a second.
 */
@Component
public class KeyUseReport implements FollowedReport {

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
