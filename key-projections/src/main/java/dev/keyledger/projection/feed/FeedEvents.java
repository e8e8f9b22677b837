package dev.keyledger.projection.feed;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Events of the feed by their identifiers, for whoever noted earlier which ones it needs. Thread-safe. */
@Component
public class FeedEvents {

    private final JdbcClient jdbc;

    FeedEvents(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Where the last event is that has a place; empty if none has. */
    public Optional<FeedPosition> last() {
        return jdbc.sql("select log_index, part from feed_event order by log_index desc, part desc limit 1")
                .query((row, number) -> new FeedPosition(row.getLong(1), row.getInt(2)))
                .optional();
    }

    /** The events of these identifiers that have a place, in order. */
    public List<FeedEvent> named(Collection<String> eventIds) {
        return jdbc.sql("""
                        select f.log_index, f.part, f.event_identifier, f.type, e.payload_revision, f.subject, e.sequence_number,
                            f.key_ids, f.occurred_at, e.payload
                        from feed_event f join domain_event e on e.event_identifier = f.event_identifier
                        where f.event_identifier = any(:ids)
                        order by f.log_index, f.part
                        """)
                .param("ids", eventIds.toArray(String[]::new))
                .query((row, number) -> Feed.event(row))
                .list();
    }
}
