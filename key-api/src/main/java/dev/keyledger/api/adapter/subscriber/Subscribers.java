package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What operators see of subscribers and ask of them. What they ask is done by whatever node tells the subscriber. Thread-safe. */
@Component("subscriberStatus")
public class Subscribers {

    /** Further than this nobody counts. */
    static final int MOST_LAG = 100_000;

    private static final String SELECT = """
            select s.name, s.kind, s.begun_at, s.log_index, s.part, s.trouble, s.troubled_at,
                case when s.owned_until > clock_timestamp() then s.owner end as owner,
                (select count(*) from (select from feed_event f where (f.log_index, f.part) > (s.log_index, s.part) limit :most) ahead) as lag,
                keyledger_now() as now,
                (select f.occurred_at from feed_event f where (f.log_index, f.part) > (s.log_index, s.part)
                    order by f.log_index, f.part limit 1) as waiting_since,
                (select count(*) from feed_dead_letter d where d.subscriber = s.name) as dead_letters
            from feed_subscriber s\s""";

    private final JdbcClient jdbc;

    Subscribers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A subscriber.
     *
     * @param kind {@code handler} or {@code broker}
     * @param begunAt store time
     * @param position up to where events were passed on or parked
     * @param owner the node that tells it; null if none does at present
     * @param lag events that it was not told yet, counted up to 100,000
     * @param waitingSince instant of the first of them
     * @param delaySeconds age of the first of them, in store time; 0 if there is none
     * @param deadLetters events that it refused, and those that wait for them
     * @param trouble what keeps its node from passing on the next event; null if nothing does
     */
    public record Status(
            String name,
            String kind,
            Instant begunAt,
            FeedPosition position,
            @Nullable String owner,
            long lag,
            @Nullable Instant waitingSince,
            double delaySeconds,
            long deadLetters,
            @Nullable String trouble,
            @Nullable Instant troubledAt) {

        /** Whether so many events are parked that it is told nothing more. */
        public boolean standing() {
            return deadLetters >= SubscriberFollower.MOST_PARKED;
        }
    }

    /**
     * A parked event.
     *
     * @param reason null if it waits to be tried
     * @param parkedAt store time
     */
    public record DeadLetter(
            FeedPosition position,
            String id,
            String type,
            String subject,
            @Nullable String reason,
            int attempts,
            Instant parkedAt) {}

    /** All subscribers, by name. */
    public List<Status> all() {
        return jdbc.sql(SELECT + "order by s.name")
                .param("most", MOST_LAG)
                .query((row, number) -> {
                    Instant since = SqlTime.readNullable(row, "waiting_since");
                    Instant now = SqlTime.read(row, "now");
                    return new Status(
                            row.getString("name"),
                            row.getString("kind"),
                            SqlTime.read(row, "begun_at"),
                            new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                            row.getString("owner"),
                            row.getLong("lag"),
                            since,
                            since == null ? 0 : Math.max(0, (now.toEpochMilli() - since.toEpochMilli()) / 1000.0),
                            row.getLong("dead_letters"),
                            row.getString("trouble"),
                            SqlTime.readNullable(row, "troubled_at"));
                })
                .list();
    }

    /** Whether there is a subscriber of this name. */
    public boolean has(String name) {
        return jdbc.sql("select count(*) from feed_subscriber where name = :name")
                        .param("name", name)
                        .query(Long.class)
                        .single()
                == 1;
    }

    /** Parked events of a subscriber behind a place. */
    public List<DeadLetter> deadLetters(String subscriber, FeedPosition after, int limit) {
        return jdbc.sql("""
                        select d.log_index, d.part, f.event_identifier, f.type, d.subject, d.reason, d.attempts, d.parked_at
                        from feed_dead_letter d join feed_event f on f.log_index = d.log_index and f.part = d.part
                        where d.subscriber = :subscriber and (d.log_index, d.part) > (:index, :part)
                        order by d.log_index, d.part limit :limit
                        """)
                .param("subscriber", subscriber)
                .param("index", after.logIndex())
                .param("part", after.part())
                .param("limit", limit)
                .query((row, number) -> new DeadLetter(
                        new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                        row.getString("event_identifier"),
                        row.getString("type"),
                        row.getString("subject"),
                        row.getString("reason"),
                        row.getInt("attempts"),
                        SqlTime.read(row, "parked_at")))
                .list();
    }

    /** Has everything that was refused tried again, and in order what waits for it; answers how much is parked. */
    public long retry(String subscriber) {
        jdbc.sql("update feed_dead_letter set reason = null where subscriber = :subscriber and reason is not null")
                .param("subscriber", subscriber)
                .update();
        return jdbc.sql("select count(*) from feed_dead_letter where subscriber = :subscriber")
                .param("subscriber", subscriber)
                .query(Long.class)
                .single();
    }

    /** Takes a parked event out: the subscriber is never told of it, and what waited for it is tried. Answers whether it was there. */
    public boolean skip(String subscriber, FeedPosition position) {
        return jdbc.sql(
                                "delete from feed_dead_letter where subscriber = :subscriber and log_index = :index and part = :part")
                        .param("subscriber", subscriber)
                        .param("index", position.logIndex())
                        .param("part", position.part())
                        .update()
                == 1;
    }
}
