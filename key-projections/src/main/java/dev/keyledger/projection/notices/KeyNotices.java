package dev.keyledger.projection.notices;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads {@code key_notice} with a ladder: what follows from both is never stored. By store time, as fresh as the last committed event. */
@Component
public class KeyNotices {

    private final JdbcClient jdbc;

    KeyNotices(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What a notice is of. */
    public enum Kind {
        /** Of material. */
        EXPIRY,
        /** Of a key. */
        DELETION
    }

    /**
     * A date of which a notice is to be given now.
     *
     * @param due the date, which is still to come
     */
    public record DueNotice(KeyId keyId, Kind kind, Instant due) {}

    /**
     * Dates of which a notice is to be given, the nearest first.
     *
     * @param after the last one of the page before; null for the first page
     */
    public List<DueNotice> due(NoticeLadder ladder, @Nullable DueNotice after, int limit) {
        if (ladder.rungs().isEmpty()) {
            return List.of();
        }
        return jdbc.sql("select key_id, kind, due_at from key_notice where " + condition(ladder) + """
                         and (due_at, key_id, kind) > (:due, :key, :kind)
                        order by due_at, key_id, kind limit :limit
                        """)
                .param("due", SqlTime.of(after == null ? Instant.EPOCH : after.due()))
                .param("key", after == null ? new UUID(0, 0) : after.keyId().asUuid())
                .param("kind", after == null ? "" : text(after.kind()))
                .param("limit", limit)
                .query((row, number) -> new DueNotice(
                        KeyId.of(row.getObject("key_id", UUID.class)),
                        kind(row.getString("kind")),
                        SqlTime.read(row, "due_at")))
                .list();
    }

    /** How many notices are to be given now. */
    public long backlog(NoticeLadder ladder) {
        return ladder.rungs().isEmpty()
                ? 0
                : jdbc.sql("select count(*) from key_notice where " + condition(ladder))
                        .query(Long.class)
                        .single();
    }

    /**
     * A date that is to come, with a rung that has come and is not settled. The first rung, the longest, bounds what is looked at; seconds,
     * because a day of the database may have 23 hours.
     */
    private static String condition(NoticeLadder ladder) {
        List<String> periods = ladder.rungs().stream()
                .map(period -> "interval '" + period.length().toSeconds() + " seconds'")
                .toList();
        String rungs = periods.stream()
                .map(period -> "due_at <= (select keyledger_now()) + " + period + " and due_at - " + period
                        + " > silent_until")
                .collect(Collectors.joining(" or "));
        return "due_at > (select keyledger_now()) and due_at <= (select keyledger_now()) + " + periods.get(0) + " and ("
                + rungs + ")";
    }

    private static String text(Kind kind) {
        return kind == Kind.EXPIRY ? KeyNoticeProjection.EXPIRY : KeyNoticeProjection.DELETION;
    }

    private static Kind kind(String text) {
        return text.equals(KeyNoticeProjection.EXPIRY) ? Kind.EXPIRY : Kind.DELETION;
    }
}
