package dev.keyledger.api.adapter.ledger;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.SqlTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a change owes to an expiry that comes while it is being made. An expiry takes effect by itself, so others may see it before anything is
 * written: then a change that was decided before it must not appear after them. Whoever sees it takes the lock of the key's row first; a change
 * looks at the clock once more when it has that lock. One of the two therefore knows of the other (ADR 0009). Thread-safe.
 */
public final class Lapses {

    private final JdbcClient jdbc;

    public Lapses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds the last look at the clock to what the change writes; it must come after everything that locks the keys' rows. */
    void guard(OpenChange change) {
        change.holdsUntil().ifPresent(limit -> change.writes().add("select require_before(?)", SqlTime.of(limit)));
    }

    /**
     * Whether a change that was refused because something had lapsed was refused wrongly: another change, decided in time, has committed since
     * or was about to, and is waited for.
     */
    boolean overtaken(OpenChange refused) {
        return refused.lapsed()
                // In one order everywhere, as for other locks of several rows.
                && new TreeMap<>(refused.lastSeen())
                        .entrySet().stream()
                                .filter(seen -> KeyId.isKeyId(seen.getKey()))
                                .anyMatch(this::changedSince);
    }

    private boolean changedSince(Map.Entry<String, Long> seen) {
        return jdbc.sql("select version from key_state where key_id = :key for share")
                .param("key", UUID.fromString(seen.getKey()))
                .query(Long.class)
                .optional()
                .map(version -> !version.equals(seen.getValue()))
                .orElse(true);
    }
}
