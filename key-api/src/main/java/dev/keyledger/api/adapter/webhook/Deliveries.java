package dev.keyledger.api.adapter.webhook;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is under way to webhooks, as rows that any node goes on with. Of an ordered webhook no more than one row of a subject is ready at a time:
 * whoever finishes it makes the next one ready, and whoever adds rows holds the webhook's row meanwhile, so that none is left behind. Every
 * transaction is short, and none is open while a message is sent. Thread-safe.
 */
@Component
public class Deliveries {

    /** How many of a webhook wait at most; what is behind them waits in the feed, which is kept anyway. */
    static final int MOST_WAITING = 10_000;

    /** How many attempts of a delivery are remembered. */
    private static final int HISTORY = 20;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    Deliveries(JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** How many more of a webhook may wait. */
    int room(UUID webhookId) {
        int waiting = jdbc.sql("""
                        select count(*) from (
                            select from webhook_delivery
                            where webhook_id = :id and state in ('queued', 'ready', 'dead') limit :most) as waiting
                        """)
                .param("id", webhookId)
                .param("most", MOST_WAITING)
                .query(Integer.class)
                .single();
        return MOST_WAITING - waiting;
    }

    /**
     * Adds events of the feed, and notes up to where it was read.
     *
     * @param webhook as it was when the feed was read
     * @return whether it was done; if not, another node was faster, or the webhook is no longer active
     */
    boolean add(Webhook webhook, List<FeedEvent> events, FeedPosition readTo) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            boolean ours = jdbc.sql("""
                            update webhook set log_index = :index, part = :part
                            where webhook_id = :id and status = 'active' and (log_index, part) = (:oldIndex, :oldPart)
                            """)
                            .param("index", readTo.logIndex())
                            .param("part", readTo.part())
                            .param("id", webhook.id())
                            .param("oldIndex", webhook.position().logIndex())
                            .param("oldPart", webhook.position().part())
                            .update()
                    == 1;
            if (ours && !events.isEmpty()) {
                insert(webhook, events);
            }
            return ours;
        }));
    }

    private void insert(Webhook webhook, List<FeedEvent> events) {
        jdbc.sql("""
                        insert into webhook_delivery (webhook_id, log_index, part, event_identifier, subject, type, state, due_at)
                        select :id, e.log_index, e.part, e.event_identifier, e.subject, e.type,
                            case when :ordered and (
                                row_number() over (partition by e.subject order by e.log_index, e.part) > 1
                                or exists (
                                    select from webhook_delivery d
                                    where d.webhook_id = :id and d.subject = e.subject and d.state in ('queued', 'ready', 'dead')))
                            then 'queued' else 'ready' end,
                            clock_timestamp()
                        from unnest(:indexes::bigint[], :parts::int[], :events::text[], :subjects::text[], :types::text[])
                            as e (log_index, part, event_identifier, subject, type)
                        """)
                .param("id", webhook.id())
                .param("ordered", webhook.ordered())
                .param(
                        "indexes",
                        events.stream()
                                .map(event -> event.position().logIndex())
                                .toArray(Long[]::new))
                .param(
                        "parts",
                        events.stream().map(event -> event.position().part()).toArray(Integer[]::new))
                .param("events", events.stream().map(FeedEvent::id).toArray(String[]::new))
                .param("subjects", events.stream().map(FeedEvent::subject).toArray(String[]::new))
                .param("types", events.stream().map(FeedEvent::type).toArray(String[]::new))
                .update();
    }

    /**
     * A delivery that is this node's for a while.
     *
     * @param claim number of the claim: a result counts only for the last one
     * @param attempts before this one
     */
    record Claimed(UUID webhookId, FeedPosition position, String eventId, int claim, int attempts) {}

    /**
     * Claims deliveries that are due, of active webhooks, the longest due of each first.
     *
     * @param most of all together
     * @param each of one webhook, unless rooms says otherwise
     */
    List<Claimed> claim(int most, int each, Map<UUID, Integer> rooms) {
        return jdbc.sql("""
                        with due as materialized (
                            select d.webhook_id, d.log_index, d.part
                            from (
                                select w.webhook_id, coalesce(r.room, :each) as room
                                from webhook w
                                left join unnest(:ids::uuid[], :rooms::int[]) as r (webhook_id, room) on r.webhook_id = w.webhook_id
                                where w.status = 'active'
                                order by random()) w
                            cross join lateral (
                                select webhook_id, log_index, part from webhook_delivery
                                where webhook_id = w.webhook_id and state = 'ready' and due_at <= statement_timestamp()
                                order by due_at
                                limit w.room
                                for update skip locked) d
                            limit :most)
                        update webhook_delivery d
                        set claims = d.claims + 1,
                            due_at = clock_timestamp() + :lease * interval '1 millisecond',
                            leased_until = clock_timestamp() + :lease * interval '1 millisecond'
                        from due where d.webhook_id = due.webhook_id and d.log_index = due.log_index and d.part = due.part
                        returning d.webhook_id, d.log_index, d.part, d.event_identifier, d.claims, d.attempts
                        """)
                .param("each", each)
                .param("most", most)
                .param("ids", rooms.keySet().toArray(UUID[]::new))
                .param("rooms", rooms.values().toArray(Integer[]::new))
                .param("lease", WebhookTimes.LEASE.toMillis())
                .query((row, number) -> new Claimed(
                        row.getObject("webhook_id", UUID.class),
                        new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                        row.getString("event_identifier"),
                        row.getInt("claims"),
                        row.getInt("attempts")))
                .list();
    }

    /**
     * What came of a claim.
     *
     * @param next delivered, dead, or ready for another attempt
     * @param pauseMillis until that
     * @param gone whether the webhook wants nothing more
     */
    record Result(
            Claimed claimed,
            Instant at,
            WebhookClient.Attempt attempt,
            Delivery.State next,
            long pauseMillis,
            boolean gone) {

        private String note() {
            return JSON.writeValueAsString(Map.of(
                    "at", at.toString(),
                    "outcome", attempt.outcome().text(),
                    "status", attempt.status(),
                    "ms", attempt.took().toMillis()));
        }
    }

    /** Records results; those of claims that are not the last ones change nothing. */
    void record(List<Result> results) {
        transaction.executeWithoutResult(status -> {
            jdbc.sql("""
                            select webhook_id from webhook where webhook_id = any(:ids) order by webhook_id for no key update
                            """)
                    .param("ids", webhooks(results))
                    .query((row, number) -> number)
                    .list();
            List<Subject> finished = new ArrayList<>(update(results));
            promote(finished);
            List<Result> gone = results.stream().filter(Result::gone).toList();
            if (!gone.isEmpty()) {
                jdbc.sql("""
                                update webhook set status = 'disabled', status_reason = 'the receiver answered 410'
                                where webhook_id = any(:ids) and status = 'active'
                                """).param("ids", webhooks(gone)).update();
            }
        });
    }

    private static UUID[] webhooks(Collection<Result> results) {
        return results.stream()
                .map(result -> result.claimed().webhookId())
                .distinct()
                .toArray(UUID[]::new);
    }

    private record Subject(UUID webhookId, String subject) {}

    private List<Subject> update(List<Result> results) {
        return jdbc
                .sql("""
                        update webhook_delivery d
                        set state = r.state, attempts = d.attempts + 1, leased_until = null,
                            due_at = clock_timestamp() + r.pause * interval '1 millisecond',
                            finished_at = case r.state when 'delivered' then clock_timestamp() end,
                            history = (case when jsonb_array_length(d.history) >= :history then d.history - 0 else d.history end)
                                || r.note::jsonb
                        from unnest(:ids::uuid[], :indexes::bigint[], :parts::int[], :claims::int[], :states::text[], :pauses::bigint[],
                            :notes::text[]) as r (webhook_id, log_index, part, claim, state, pause, note)
                        where d.webhook_id = r.webhook_id and d.log_index = r.log_index and d.part = r.part
                            and d.claims = r.claim and d.state = 'ready' and d.leased_until is not null
                        returning d.webhook_id, d.subject, d.state
                        """)
                .param("history", HISTORY)
                .param(
                        "ids",
                        results.stream()
                                .map(result -> result.claimed().webhookId())
                                .toArray(UUID[]::new))
                .param(
                        "indexes",
                        results.stream()
                                .map(result -> result.claimed().position().logIndex())
                                .toArray(Long[]::new))
                .param(
                        "parts",
                        results.stream()
                                .map(result -> result.claimed().position().part())
                                .toArray(Integer[]::new))
                .param(
                        "claims",
                        results.stream().map(result -> result.claimed().claim()).toArray(Integer[]::new))
                .param(
                        "states",
                        results.stream().map(result -> result.next().text()).toArray(String[]::new))
                .param("pauses", results.stream().map(Result::pauseMillis).toArray(Long[]::new))
                .param("notes", results.stream().map(Result::note).toArray(String[]::new))
                .query((row, number) -> row.getString("state").equals(Delivery.State.DELIVERED.text())
                        ? Optional.of(new Subject(row.getObject("webhook_id", UUID.class), row.getString("subject")))
                        : Optional.<Subject>empty())
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Makes the next one of each subject ready; the caller holds the webhooks' rows. */
    private void promote(List<Subject> finished) {
        if (finished.isEmpty()) {
            return;
        }
        jdbc.sql("""
                        update webhook_delivery d set state = 'ready', due_at = clock_timestamp()
                        from (select distinct webhook_id, subject from unnest(:ids::uuid[], :subjects::text[]) as f (webhook_id, subject)) f
                        cross join lateral (
                            select log_index, part, state from webhook_delivery
                            where webhook_id = f.webhook_id and subject = f.subject and state in ('queued', 'ready', 'dead')
                            order by log_index, part limit 1) n
                        where d.webhook_id = f.webhook_id and d.log_index = n.log_index and d.part = n.part and n.state = 'queued'
                        """)
                .param("ids", finished.stream().map(Subject::webhookId).toArray(UUID[]::new))
                .param("subjects", finished.stream().map(Subject::subject).toArray(String[]::new))
                .update();
    }

    /** Has one tried again at once that was given up or waits for its next attempt; answers whether there is such a one. */
    public boolean retry(UUID webhookId, String eventId) {
        return jdbc.sql("""
                        update webhook_delivery set state = 'ready', attempts = 0, due_at = clock_timestamp(), leased_until = null
                        where webhook_id = :id and event_identifier = :event and (
                            state = 'dead'
                            or (state = 'ready' and (leased_until is null or leased_until < clock_timestamp())))
                        """).param("id", webhookId).param("event", eventId).update() == 1;
    }

    /** Has all tried again that were given up; answers how many. */
    public int retryDead(UUID webhookId) {
        return jdbc.sql("""
                        update webhook_delivery set state = 'ready', attempts = 0, due_at = clock_timestamp()
                        where webhook_id = :id and state = 'dead'
                        """).param("id", webhookId).update();
    }

    /**
     * Gives one up that is dead or waits for its next attempt, and lets the next one of its subject go; joins the caller's transaction. Answers
     * whether there is such a one.
     */
    public boolean skip(UUID webhookId, String eventId) {
        jdbc.sql("select true from webhook where webhook_id = :id for no key update")
                .param("id", webhookId)
                .query(Boolean.class)
                .list();
        List<Subject> skipped = jdbc.sql("""
                        update webhook_delivery set state = 'skipped', finished_at = clock_timestamp(), leased_until = null
                        where webhook_id = :id and event_identifier = :event and (
                            state = 'dead'
                            or (state = 'ready' and (leased_until is null or leased_until < clock_timestamp())))
                        returning webhook_id, subject
                        """)
                .param("id", webhookId)
                .param("event", eventId)
                .query((row, number) -> new Subject(row.getObject("webhook_id", UUID.class), row.getString("subject")))
                .list();
        promote(skipped);
        return !skipped.isEmpty();
    }

    /**
     * Deliveries of a webhook, the latest event first.
     *
     * @param states only in one of these; empty for all
     * @param before only of events before this place; null for all
     */
    public List<Delivery> list(
            UUID webhookId, Collection<Delivery.State> states, @Nullable FeedPosition before, int limit) {
        String[] wanted = states.stream().map(Delivery.State::text).toArray(String[]::new);
        return jdbc.sql("""
                        select log_index, part, event_identifier, type, subject, state, attempts, created_at, due_at, finished_at, history
                        from webhook_delivery
                        where webhook_id = :id and (cardinality(:states::text[]) = 0 or state = any(:states::text[]))
                            and (log_index, part) < (:index, :part)
                        order by log_index desc, part desc limit :limit
                        """)
                .param("id", webhookId)
                .param("states", wanted)
                .param("index", before == null ? Long.MAX_VALUE : before.logIndex())
                .param("part", before == null ? 0 : before.part())
                .param("limit", limit)
                .query((row, number) -> delivery(row))
                .list();
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        Delivery.State state = Delivery.State.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT));
        List<Delivery.Try> history = new ArrayList<>();
        for (JsonNode each : JSON.readTree(row.getString("history"))) {
            history.add(new Delivery.Try(
                    Instant.parse(each.path("at").asString()),
                    each.path("outcome").asString(),
                    each.path("status").asInt(),
                    each.path("ms").asLong()));
        }
        return new Delivery(
                new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                row.getString("event_identifier"),
                row.getString("type"),
                row.getString("subject"),
                state,
                row.getInt("attempts"),
                SqlTime.read(row, "created_at"),
                state == Delivery.State.READY ? SqlTime.read(row, "due_at") : null,
                SqlTime.readNullable(row, "finished_at"),
                history);
    }

    /**
     * How a webhook is doing.
     *
     * @param waiting what is on its way
     * @param dead what was given up
     * @param oldestSeconds age of the oldest on its way
     */
    public record Backlog(long waiting, long dead, double oldestSeconds) {

        static final Backlog NONE = new Backlog(0, 0, 0);
    }

    /** How all webhooks are doing that have anything under way. */
    public Map<UUID, Backlog> backlogs() {
        Map<UUID, Backlog> backlogs = new java.util.HashMap<>();
        jdbc.sql("""
                        select webhook_id, count(*) filter (where state <> 'dead') as waiting, count(*) filter (where state = 'dead') as dead,
                            coalesce(extract(epoch from clock_timestamp() - min(created_at) filter (where state <> 'dead')), 0)::float8 as oldest
                        from webhook_delivery where state in ('queued', 'ready', 'dead') group by webhook_id
                        """).query(row -> {
            backlogs.put(
                    row.getObject("webhook_id", UUID.class),
                    new Backlog(row.getLong("waiting"), row.getLong("dead"), row.getDouble("oldest")));
        });
        return backlogs;
    }

    /**
     * Forgets some of what was finished long ago, and of what was under way to webhooks that are gone.
     *
     * @return whether there may be more
     */
    boolean purge(int some) {
        int old = jdbc.sql("""
                        delete from webhook_delivery where ctid = any(array(
                            select ctid from webhook_delivery
                            where finished_at < clock_timestamp() - :kept * interval '1 millisecond' limit :some))
                        """)
                .param("kept", WebhookTimes.KEPT.toMillis())
                .param("some", some)
                .update();
        int orphaned = jdbc.sql("""
                        delete from webhook_delivery where ctid = any(array(
                            select d.ctid from webhook_delivery d join webhook w on w.webhook_id = d.webhook_id
                            where w.status = 'deleted' limit :some))
                        """).param("some", some).update();
        if (orphaned == 0) {
            jdbc.sql("""
                            delete from webhook w where status = 'deleted'
                                and not exists (select from webhook_delivery d where d.webhook_id = w.webhook_id)
                            """).update();
        }
        return old == some || orphaned == some;
    }
}
