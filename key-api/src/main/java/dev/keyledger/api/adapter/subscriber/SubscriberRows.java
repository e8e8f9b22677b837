package dev.keyledger.api.adapter.subscriber;

import dev.keyledger.extension.event.Start;
import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What is remembered of subscribers while they are told. Each method is one short statement that commits by itself; whatever writes names the
 * epoch under which it may, and does nothing under another. Thread-safe.
 */
@Component
class SubscriberRows {

    /**
     * For how long a node is the one. A node that died is succeeded after that and at most a look of the others, a second; one whose renewals are
     * late stops by itself before.
     */
    static final int LEASE_SECONDS = 6;

    private final JdbcClient jdbc;

    SubscriberRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The right to tell a subscriber, and where it stands. */
    record Turn(long epoch, FeedPosition position) {}

    /** Makes the row of a subscriber that the store does not know. */
    void register(Outlet outlet) {
        jdbc.sql("""
                        insert into feed_subscriber (name, kind, begun_at, log_index, part)
                        select :name, :kind, keyledger_now(), case when :now then next_index - 1 else -1 end, :last from sequencer
                        on conflict (name) do nothing
                        """)
                .param("name", outlet.name())
                .param("kind", outlet.kind())
                .param("now", outlet.start() == Start.NOW)
                .param("last", FeedPosition.PARTS - 1)
                .update();
    }

    /** Takes the right if nobody has it. */
    Optional<Turn> take(String name, String node) {
        // An end so far away was written by a clock that has been put back since.
        return jdbc.sql("""
                        update feed_subscriber set epoch = epoch + 1, owner = :node, owned_until = clock_timestamp() + make_interval(secs => :lease)
                        where name = :name and (owned_until is null or owned_until < clock_timestamp()
                            or owned_until > clock_timestamp() + make_interval(secs => 2 * :lease))
                        returning epoch, log_index, part
                        """)
                .param("name", name)
                .param("node", node)
                .param("lease", LEASE_SECONDS)
                .query((row, number) ->
                        new Turn(row.getLong("epoch"), new FeedPosition(row.getLong("log_index"), row.getInt("part"))))
                .optional();
    }

    /** Keeps the right for another while; answers whether this node still has it. */
    boolean renew(String name, long epoch) {
        return jdbc.sql("""
                        update feed_subscriber set owned_until = clock_timestamp() + make_interval(secs => :lease)
                        where name = :name and epoch = :epoch
                        """)
                        .param("lease", LEASE_SECONDS)
                        .param("name", name)
                        .param("epoch", epoch)
                        .update()
                == 1;
    }

    /** Gives the right up, for whoever looks next. */
    void release(String name, long epoch) {
        jdbc.sql("update feed_subscriber set owned_until = null, owner = null where name = :name and epoch = :epoch")
                .param("name", name)
                .param("epoch", epoch)
                .update();
    }

    /** Moves the position on, and never back; answers whether this node still may. */
    boolean move(String name, long epoch, FeedPosition to) {
        return jdbc.sql("""
                        update feed_subscriber set log_index = :index, part = :part
                        where name = :name and epoch = :epoch and (log_index, part) <= (:index, :part)
                        """)
                        .param("index", to.logIndex())
                        .param("part", to.part())
                        .param("name", name)
                        .param("epoch", epoch)
                        .update()
                == 1;
    }

    /** Says what is in the way, for operators at whatever node; null if nothing is any more. */
    void trouble(String name, long epoch, @Nullable String what) {
        jdbc.sql("""
                        update feed_subscriber set trouble = cast(:what as text),
                            troubled_at = case when cast(:what as text) is null then null else coalesce(troubled_at, keyledger_now()) end
                        where name = :name and epoch = :epoch and trouble is distinct from cast(:what as text)
                        """)
                .param("what", what)
                .param("name", name)
                .param("epoch", epoch)
                .update();
    }

    /** How many events are parked. */
    long parked(String name) {
        return jdbc.sql("select count(*) from feed_dead_letter where subscriber = :name")
                .param("name", name)
                .query(Long.class)
                .single();
    }

    /** Those of the subjects that have something parked. */
    Set<String> waiting(String name, Collection<String> subjects) {
        return new HashSet<>(jdbc.sql(
                        "select distinct subject from feed_dead_letter where subscriber = :name and subject = any(:subjects)")
                .param("name", name)
                .param("subjects", subjects.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    /**
     * Parks an event. Was it parked before, by a node that died before it moved on, then it stays as it is.
     *
     * @param reason null if it waits for an earlier one
     * @return whether this node still may
     */
    boolean park(String name, long epoch, FeedEvent event, @Nullable String reason, int attempts) {
        // The lock keeps a successor from beginning between the look at the epoch and the insertion.
        return jdbc.sql("""
                        with mine as (select name from feed_subscriber where name = :name and epoch = :epoch for share),
                        parked as (
                            insert into feed_dead_letter (subscriber, log_index, part, subject, reason, attempts, parked_at)
                            select name, :index, :part, :subject, cast(:reason as text), :attempts, keyledger_now() from mine
                            on conflict (subscriber, log_index, part) do nothing)
                        select count(*) from mine
                        """)
                        .param("name", name)
                        .param("epoch", epoch)
                        .param("index", event.position().logIndex())
                        .param("part", event.position().part())
                        .param("subject", event.subject())
                        .param("reason", reason)
                        .param("attempts", attempts)
                        .query(Long.class)
                        .single()
                == 1;
    }

    /** Parked events that can be tried: in order, and none behind one that was refused. */
    List<FeedPosition> due(String name, int limit) {
        return jdbc.sql("""
                        select log_index, part from feed_dead_letter d
                        where subscriber = :name and reason is null and not exists (
                            select from feed_dead_letter r where r.subscriber = :name and r.subject = d.subject and r.reason is not null)
                        order by log_index, part limit :limit
                        """)
                .param("name", name)
                .param("limit", limit)
                .query((row, number) -> new FeedPosition(row.getLong("log_index"), row.getInt("part")))
                .list();
    }

    /** Takes out an event that has arrived at last. */
    void arrived(String name, FeedPosition position) {
        jdbc.sql("delete from feed_dead_letter where subscriber = :name and log_index = :index and part = :part")
                .param("name", name)
                .param("index", position.logIndex())
                .param("part", position.part())
                .update();
    }

    /** Notes that a parked event was refused again. */
    void refusedAgain(String name, FeedPosition position, String reason, int attempts) {
        jdbc.sql("""
                        update feed_dead_letter set reason = :reason, attempts = attempts + :attempts
                        where subscriber = :name and log_index = :index and part = :part
                        """)
                .param("reason", reason)
                .param("attempts", attempts)
                .param("name", name)
                .param("index", position.logIndex())
                .param("part", position.part())
                .update();
    }
}
