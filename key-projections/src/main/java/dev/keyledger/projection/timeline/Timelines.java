package dev.keyledger.projection.timeline;

import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.history.PastEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Time lines of keys, a page at a time, in the order in which the key changed. Uses are not in them: their records are in the audit log, and
 * their {@code keyStateVersions} say after which line each came.
 */
@Component
public class Timelines {

    /** Cause of what time does alone. */
    public static final String EXPIRY = "expiry";

    private static final String SYSTEM = "system";

    private final KeyHistories histories;
    private final JdbcClient jdbc;

    Timelines(KeyHistories histories, JdbcClient jdbc) {
        this.histories = histories;
        this.jdbc = jdbc;
    }

    /**
     * Some lines.
     *
     * @param more whether there are more
     */
    public record Page(List<Line> lines, boolean more) {

        public Page {
            lines = List.copyOf(lines);
        }
    }

    /**
     * A page of a key's lines.
     *
     * @param first key state version of the first line
     * @param limit most lines for events; the last page may have one more, for an expiry that is not noted yet
     */
    public Page page(KeyId keyId, long first, int limit) {
        List<PastEvent> events = histories
                .explained(List.of(histories.part(keyId, first, limit + 1)))
                .get(0)
                .events();
        boolean more = events.size() > limit;
        List<Line> lines = new ArrayList<>();
        events.stream().limit(limit).map(Timelines::line).forEach(lines::add);
        if (!more) {
            unnotedExpiry(keyId).ifPresent(lines::add);
        }
        return new Page(lines, more);
    }

    private static Line line(PastEvent past) {
        if (past.event() instanceof KeyMaterialExpired expired) {
            // Whoever's request happened to note it did not cause it.
            return new Line(expired.expiredAt(), Words.of(expired), EXPIRY, SYSTEM, past.keyStateVersion(), past);
        }
        Cause cause = past.cause();
        return new Line(
                past.event().at(),
                Words.of(past.event()),
                cause == null ? "" : cause.action(),
                cause == null ? null : cause.principal(),
                past.keyStateVersion(),
                past);
    }

    /** Material is gone at its expiry, whether or not that was noted. */
    private Optional<Line> unnotedExpiry(KeyId keyId) {
        return jdbc.sql(
                        "select expires_at, version from key_state where key_id = :key and expires_at <= keyledger_now()")
                .param("key", keyId.asUuid())
                .query((row, number) -> {
                    Instant at = SqlTime.read(row, "expires_at");
                    return new Line(at, Words.expired(at), EXPIRY, SYSTEM, row.getLong("version"), null);
                })
                .optional();
    }
}
