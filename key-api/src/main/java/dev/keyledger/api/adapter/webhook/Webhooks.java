package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.adapter.vault.WebhookSecrets;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.feed.FeedFilter;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The webhooks of the store. Changes join the caller's transaction. Thread-safe. */
@Component
public class Webhooks {

    /** Most webhooks of a store: each reads the feed by itself. */
    public static final int MOST = 100;

    /** How long the secret before counts as well, unless somebody says otherwise. */
    public static final Duration OVERLAP = Duration.ofHours(24);

    private static final String SELECT = """
            select webhook_id, url, description, types, key_ids, tag_key, tag_value, from_instant, ordered, status, status_reason, log_index, part,
                created_at, created_by
            from webhook where status <> 'deleted'""";

    private final JdbcClient jdbc;
    private final WebhookSecrets secrets;

    Webhooks(JdbcClient jdbc, WebhookSecrets secrets) {
        this.jdbc = jdbc;
        this.secrets = secrets;
    }

    /**
     * What somebody wants.
     *
     * @param url as {@link ReceiverRules} let it through
     * @param start events behind this place
     */
    public record Wanted(String url, String description, FeedFilter filter, boolean ordered, FeedPosition start) {}

    /**
     * A new webhook.
     *
     * @param secret its text, which is shown once
     */
    public record Made(Webhook webhook, String secret) {

        @Override
        public String toString() {
            return "Made[" + webhook + "]";
        }
    }

    /**
     * Makes a webhook.
     *
     * @throws Refusal {@code LIMIT_EXCEEDED} if there are {@value #MOST}
     */
    public Made create(Wanted wanted, String createdBy) {
        // Two at the same moment would both see room for one.
        jdbc.sql("select pg_advisory_xact_lock(hashtextextended('keyledger.webhooks', 0))")
                .query((row, number) -> number)
                .list();
        long existing = jdbc.sql("select count(*) from webhook where status <> 'deleted'")
                .query(Long.class)
                .single();
        if (existing >= MOST) {
            throw Refusal.of(ErrorCode.LIMIT_EXCEEDED).because("there are " + existing + " webhooks");
        }
        UUID id = UUID.randomUUID();
        FeedFilter filter = wanted.filter();
        jdbc.sql("""
                        insert into webhook (webhook_id, url, description, types, key_ids, tag_key, tag_value, from_instant, ordered, status,
                            log_index, part, created_at, created_by)
                        values (:id, :url, :description, :types, :keys, :tagKey, :tagValue, :from, :ordered, 'active',
                            :index, :part, keyledger_now(), :createdBy)
                        """)
                .param("id", id)
                .param("url", wanted.url())
                .param("description", wanted.description())
                .param("types", filter.types().stream().sorted().toArray(String[]::new))
                .param("keys", filter.keyIds().stream().sorted().toArray(UUID[]::new))
                .param("tagKey", filter.tag().map(FeedFilter.Tag::name).orElse(null))
                .param("tagValue", filter.tag().map(FeedFilter.Tag::value).orElse(null))
                .param("from", SqlTime.ofNullable(filter.from()))
                .param("ordered", wanted.ordered())
                .param("index", wanted.start().logIndex())
                .param("part", wanted.start().part())
                .param("createdBy", createdBy)
                .update();
        String secret = secrets.make(id, Duration.ZERO);
        return new Made(find(id).orElseThrow(), secret);
    }

    /** All of them, the oldest first. */
    public List<Webhook> all() {
        return jdbc.sql(SELECT + " order by created_at, webhook_id")
                .query((row, number) -> webhook(row))
                .list();
    }

    /** Those that are sent to. */
    List<Webhook> active() {
        return all().stream()
                .filter(webhook -> webhook.status() == Webhook.Status.ACTIVE)
                .toList();
    }

    /** One of them. */
    public Optional<Webhook> find(UUID id) {
        return jdbc.sql(SELECT + " and webhook_id = :id")
                .param("id", id)
                .query((row, number) -> webhook(row))
                .optional();
    }

    /** Lets it rest, or go on; answers whether there is such a one. */
    public boolean set(UUID id, Webhook.Status status) {
        return jdbc.sql("""
                        update webhook set status = :status, status_reason = ''
                        where webhook_id = :id and status <> 'deleted'
                        """).param("id", id).param("status", status.text()).update() == 1;
    }

    /**
     * Gives it a new secret.
     *
     * @param overlap how long the one before counts as well
     * @return the text of the new one, which is shown once; empty if there is no such webhook
     */
    public Optional<String> rotate(UUID id, Duration overlap) {
        return lock(id) ? Optional.of(secrets.make(id, overlap)) : Optional.empty();
    }

    /** Takes it away together with its secrets; what was under way to it goes bit by bit. Answers whether there is such a one. */
    public boolean delete(UUID id) {
        boolean deleted = jdbc.sql("""
                        update webhook set status = 'deleted', status_reason = '', url = '', description = ''
                        where webhook_id = :id and status <> 'deleted'
                        """).param("id", id).update() == 1;
        if (deleted) {
            secrets.destroy(id);
        }
        return deleted;
    }

    /** Holds its row for this transaction; answers whether there is such a one. */
    private boolean lock(UUID id) {
        return jdbc.sql("select true from webhook where webhook_id = :id and status <> 'deleted' for no key update")
                .param("id", id)
                .query(Boolean.class)
                .optional()
                .isPresent();
    }

    private static Webhook webhook(ResultSet row) throws SQLException {
        String tagKey = row.getString("tag_key");
        return new Webhook(
                row.getObject("webhook_id", UUID.class),
                row.getString("url"),
                row.getString("description"),
                new FeedFilter(
                        elements(row, "key_ids", UUID.class),
                        elements(row, "types", String.class),
                        tagKey == null
                                ? Optional.empty()
                                : Optional.of(new FeedFilter.Tag(tagKey, row.getString("tag_value"))),
                        SqlTime.readNullable(row, "from_instant"),
                        null),
                row.getBoolean("ordered"),
                Webhook.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("status_reason"),
                new FeedPosition(row.getLong("log_index"), row.getInt("part")),
                SqlTime.read(row, "created_at"),
                row.getString("created_by"));
    }

    private static <T> Set<T> elements(ResultSet row, String column, Class<T> type) throws SQLException {
        @Nullable Array array = row.getArray(column);
        return array == null
                ? Set.of()
                : Arrays.stream((Object[]) array.getArray()).map(type::cast).collect(Collectors.toSet());
    }
}
