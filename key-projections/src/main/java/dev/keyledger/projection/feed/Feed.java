package dev.keyledger.projection.feed;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.auditlog.TimeStretches;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads the feed. An event is in it as soon as its record has its place in the log, and then for ever: nothing appears before what was read.
 * Consistency: behind the commit by as much as numbering lags.
 */
@Component
public class Feed {

    /** An event's instant is read a moment before that of its record, and by another clock that is held against the same one. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** Most events of a page. */
    public static final int MOST = 1000;

    private static final String SELECT = """
            select f.log_index, f.part, f.event_identifier, f.type, e.payload_revision, f.subject, e.sequence_number, f.key_ids, f.occurred_at,
                e.payload
            from %s f join domain_event e on e.event_identifier = f.event_identifier
            where (f.log_index, f.part) > (:index, :part) and f.log_index < :size""";

    private static final String OF_ALL_KEYS = "feed_event";

    /** By itself: a plan for any keys would rather read the whole feed in its order until it has found enough. */
    private static final String OF_SOME_KEYS = "(select * from feed_event where key_ids && :keys offset 0)";

    private final JdbcClient jdbc;
    private final TimeStretches stretches;
    private final TagsAsOf tags;

    Feed(JdbcClient jdbc, TimeStretches stretches) {
        this.jdbc = jdbc;
        this.stretches = stretches;
        this.tags = new TagsAsOf(jdbc);
    }

    /**
     * A part of the feed.
     *
     * @param events in order
     * @param readTo where to go on: every event up to this place is here or was not wanted
     * @param more whether there was more to read at that moment
     */
    public record Page(List<FeedEvent> events, FeedPosition readTo, boolean more) {}

    /** Behind the last event that has a place now. */
    public FeedPosition head() {
        return FeedPosition.endOf(size() - 1);
    }

    private long size() {
        return jdbc.sql("select next_index from sequencer").query(Long.class).single();
    }

    /**
     * The next events of the feed that somebody wants.
     *
     * @param after where the reader is; what is there was read
     * @param limit most events of the page, at most {@link #MOST}; with a tag in the filter it is what is looked at
     */
    public Page after(FeedPosition after, FeedFilter filter, int limit) {
        // Read first: what gets its place after this is the next page's.
        long size = size();
        FeedPosition start = after;
        if (filter.from() != null) {
            long place = stretches.firstIndexAt(filter.from().minus(SKEW));
            FeedPosition first = FeedPosition.endOf(Math.min(size, place) - 1);
            start = first.compareTo(after) > 0 ? first : after;
        }
        var statement = jdbc.sql(SELECT.formatted(filter.keyIds().isEmpty() ? OF_ALL_KEYS : OF_SOME_KEYS)
                        + conditions(filter) + " order by f.log_index, f.part limit " + limit)
                .param("index", start.logIndex())
                .param("part", start.part())
                .param("size", size);
        if (!filter.keyIds().isEmpty()) {
            statement = statement.param("keys", filter.keyIds().toArray(UUID[]::new));
        }
        if (!filter.types().isEmpty()) {
            statement = statement.param("types", filter.types().toArray(String[]::new));
        }
        if (filter.from() != null) {
            statement = statement.param("from", SqlTime.of(filter.from()));
        }
        if (filter.to() != null) {
            statement = statement.param("to", SqlTime.of(filter.to()));
        }
        List<FeedEvent> found = statement.query((row, number) -> event(row)).list();
        boolean more = found.size() == limit;
        FeedPosition readTo = more ? found.get(found.size() - 1).position() : max(after, FeedPosition.endOf(size - 1));
        List<FeedEvent> wanted = filter.tag().isEmpty()
                ? found
                : tags.havingBeforeOrAfter(found, filter.tag().get());
        return new Page(wanted, readTo, more);
    }

    private static FeedPosition max(FeedPosition one, FeedPosition other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static String conditions(FeedFilter filter) {
        List<String> conditions = new ArrayList<>();
        if (!filter.types().isEmpty()) {
            conditions.add(" and f.type = any(:types)");
        }
        if (filter.from() != null) {
            conditions.add(" and f.occurred_at >= :from");
        }
        if (filter.to() != null) {
            conditions.add(" and f.occurred_at < :to");
        }
        return String.join("", conditions);
    }

    static FeedEvent event(ResultSet row) throws SQLException {
        return new FeedEvent(
                new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                row.getString("event_identifier"),
                row.getString("type"),
                row.getString("payload_revision"),
                row.getString("subject"),
                row.getLong("sequence_number"),
                Arrays.stream((Object[]) row.getArray("key_ids").getArray())
                        .map(UUID.class::cast)
                        .toList(),
                SqlTime.read(row, "occurred_at"),
                new String(row.getBytes("payload"), StandardCharsets.UTF_8));
    }
}
