package dev.keyledger.projection.auditlog;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.evidence.CanonicalJson;
import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the log in steps. A step looks at so many records at most that it takes some milliseconds, wherever it begins and whatever is asked
 * for: whoever wants a page of something rare takes many steps and holds no connection in between. Eventual: what has no place yet is not
 * there.
 *
 * <p>Record ids rise with the places (ADR 0015), so that an index by record id gives the order of the log. The service has its statements
 * planned once for all values, and then a planner believes that hardly anything meets an equation and a range, fetches it all and sorts it:
 * a third of a log, for a key in daily use. So limits stand in the statements as numbers, equation and range are one comparison of rows,
 * and a record is fetched for its place, or a place for its record, and not joined.
 */
@Component
public class AuditLog {

    private final JdbcClient jdbc;
    private final TimeStretches stretches;

    AuditLog(JdbcClient jdbc, TimeStretches stretches) {
        this.jdbc = jdbc;
        this.stretches = stretches;
    }

    /**
     * A record and its place.
     *
     * @param logIndex place in the log
     */
    public record Entry<R>(long logIndex, R record) {}

    /**
     * What a step found.
     *
     * @param found in the direction of the range
     * @param rest what has not been looked at; empty at the end
     */
    public record Step<R>(List<Entry<R>> found, LogRange rest) {

        public Step {
            found = List.copyOf(found);
        }
    }

    /** The record at a place. */
    public <R> Optional<R> at(long logIndex, RowMapper<R> each) {
        return jdbc.sql("""
                        select r.* from audit_index i
                        join audit_record r on r.recorded_at = i.recorded_at and r.record_id = i.record_id
                        where i.log_index = :index
                        """).param("index", logIndex).query(each).optional();
    }

    /** Store time of the record at a place. */
    public Optional<Instant> timeOf(long logIndex) {
        return jdbc.sql("select recorded_at from audit_index where log_index = :index")
                .param("index", logIndex)
                .query((row, number) -> SqlTime.read(row, "recorded_at"))
                .optional();
    }

    /** The part of a range in which a filter's instants can lie; to be asked once, before the first step. */
    public LogRange bounds(RecordFilter filter, LogRange range) {
        return range.isEmpty() ? range : stretches.bounds(filter.from(), filter.to(), range);
    }

    /**
     * The next records of a range.
     *
     * @param limit most records to find, at least 1
     * @param window most records to look at, if not all of them need be wanted
     * @param each reads the columns of {@code audit_record}
     */
    public <R> Step<R> step(RecordFilter filter, LogRange range, int limit, int window, RowMapper<R> each) {
        if (range.isEmpty()) {
            return new Step<>(List.of(), range);
        }
        Question question = new Question(filter, range);
        int looked = question.conditions.isEmpty() ? limit : Math.max(window, limit);
        List<Entry<R>> found = jdbc.sql(question.select(looked, limit))
                .params(question.values)
                .query((row, number) ->
                        new Entry<>(row.getLong("log_index"), Objects.requireNonNull(each.mapRow(row, number))))
                .list();
        if (found.size() == limit) {
            return new Step<>(found, range.beyond(found.get(limit - 1).logIndex()));
        }
        return new Step<>(found, question.sources.isEmpty() ? range.without(looked) : rest(question, looked));
    }

    /** What the step did not look at: it ended where its window did, or where the candidates did. */
    private LogRange rest(Question question, int looked) {
        LogRange range = question.range;
        return jdbc.sql(question.selectLast(looked))
                .params(question.values)
                .query((row, number) ->
                        row.getLong("candidates") < looked ? range.end() : range.beyond(row.getLong("last_index")))
                .single();
    }

    /** One question as SQL: where candidates come from in the order of the log, and what else they must meet. */
    static final class Question {

        private static final String FIRST = "(select record_id from audit_index where log_index = :low)";
        private static final String LAST = "(select record_id from audit_index where log_index = :high - 1)";

        final Map<String, Object> values = new HashMap<>();
        private final LogRange range;
        private final List<String> conditions = new ArrayList<>();
        private final List<String> sources = new ArrayList<>();
        private final String direction;

        Question(RecordFilter filter, LogRange range) {
            this.range = range;
            this.direction = range.newestFirst() ? " desc" : "";
            values.put("low", range.from());
            values.put("high", range.to());
            choose(filter);
            add("c.recorded_at >= :from", "from", SqlTime.ofNullable(filter.from()));
            add("c.recorded_at < :to", "to", SqlTime.ofNullable(filter.to()));
            add("c.alias_used = :alias", "alias", filter.alias());
            add("c.action = :action", "action", filter.action());
            add("c.outcome = :outcome", "outcome", filter.outcome());
            add("c.source_ip = :source", "source", filter.source());
            addContext(filter);
        }

        /** Candidates come from the index that is likely to have the fewest; the other conditions are checked on each. */
        private void choose(RecordFilter filter) {
            UUID request = filter.requestId();
            KeyId key = filter.key();
            String principal = filter.principal();
            if (request != null) {
                values.put("request", request);
                sources.add("r.request_id = :request and " + between() + " order by r.record_id");
            }
            if (key != null && sources.isEmpty()) {
                values.put("key", key.asUuid());
                sources.add(ordered("r.key_ids[1]", "key"));
                sources.add("r.key_ids[1] <> :key and " + ordered("r.key_ids[2]", "key"));
                sources.add(
                        "r.key_ids @> array[:key] and cardinality(r.key_ids) > 2 and r.key_ids[1] <> :key and r.key_ids[2] <> :key and "
                                + between() + " order by r.record_id");
            } else {
                add(":key = any(c.key_ids)", "key", key == null ? null : key.asUuid());
            }
            if (principal != null && sources.isEmpty()) {
                values.put("principal", principal);
                sources.add(ordered("r.principal", "principal"));
            } else {
                add("c.principal = :principal", "principal", principal);
            }
        }

        private static String between() {
            return "r.record_id >= " + FIRST + " and r.record_id <= " + LAST;
        }

        /** A column's value within the range, in the order of the index on the column and the record id, which skips nulls. */
        private String ordered(String column, String value) {
            return "(%1$s, r.record_id) >= (:%2$s, %3$s) and (%1$s, r.record_id) <= (:%2$s, %4$s) and %1$s is not null order by %1$s%5$s, r.record_id"
                    .formatted(column, value, FIRST, LAST, direction);
        }

        private void addContext(RecordFilter filter) {
            String name = filter.contextKey();
            String value = filter.contextValue();
            if (name != null && value == null) {
                add(
                        "(jsonb_exists(c.context::jsonb, :pair) or jsonb_exists(c.destination_context::jsonb, :pair))",
                        "pair",
                        name);
            } else if (name != null && value != null) {
                add(
                        "(c.context::jsonb @> :pair::jsonb or c.destination_context::jsonb @> :pair::jsonb)",
                        "pair",
                        CanonicalJson.text(Map.of(name, value)));
            }
        }

        private void add(String condition, String name, @Nullable Object value) {
            if (value != null) {
                conditions.add(condition);
                values.put(name, value);
            }
        }

        String select(int looked, int limit) {
            if (sources.isEmpty()) {
                LogRange window = range.first(looked);
                values.put("low", window.from());
                values.put("high", window.to());
                return """
                        select i.log_index, c.* from audit_index i
                        cross join lateral (
                            select r.* from audit_record r where r.recorded_at = i.recorded_at and r.record_id = i.record_id offset 0) c
                        where i.log_index >= :low and i.log_index < :high%s order by i.log_index%s limit %d
                        """.formatted(and(), direction, limit);
            }
            return """
                    select i.log_index, c.* from (%s) c
                    cross join lateral (select n.log_index from audit_index n where n.record_id = c.record_id offset 0) i
                    where true%s order by c.record_id%s limit %d
                    """.formatted(candidates(looked, "r.*"), and(), direction, limit);
        }

        /** How many candidates a step had, and the place up to which they go, whether or not the last one has one itself. */
        String selectLast(int looked) {
            return """
                    select candidates, (
                        select log_index from audit_index where record_id %s last order by record_id%s limit 1) as last_index
                    from (select count(*) as candidates, %s(record_id) as last from (%s) c) t
                    """.formatted(
                            range.newestFirst() ? ">=" : "<=",
                            range.newestFirst() ? "" : " desc",
                            range.newestFirst() ? "min" : "max",
                            candidates(looked, "r.record_id"));
        }

        private String and() {
            return conditions.stream().map(condition -> " and " + condition).collect(Collectors.joining());
        }

        private String candidates(int looked, String columns) {
            return sources.stream()
                    .map(source -> "(select " + columns + " from audit_record r where " + source + direction + " limit "
                            + looked + ")")
                    .collect(Collectors.joining(
                            " union all ",
                            "select * from (",
                            ") b order by record_id" + direction + " limit " + looked));
        }
    }
}
