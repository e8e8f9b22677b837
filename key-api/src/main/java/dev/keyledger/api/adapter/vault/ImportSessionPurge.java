package dev.keyledger.api.adapter.vault;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Destroys what import tokens leave behind: private keys an hour after their token expired, and the token key of a day once none of its tokens
 * can be alive. Idempotent, for any node at any time. Thread-safe.
 */
@Component
public class ImportSessionPurge {

    /** A day of issuing, a day of validity and the hour of grace of the rows. */
    static final Duration TOKEN_KEY_LIFE = Duration.ofHours(49);

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;

    ImportSessionPurge(JdbcClient jdbc, DomainKeys domainKeys) {
        this.jdbc = jdbc;
        this.domainKeys = domainKeys;
    }

    /**
     * Purges by store time.
     *
     * @return how many private keys were destroyed
     */
    public int purge() {
        int destroyed = jdbc.sql("delete from import_session where expires_at < keyledger_now() - interval '1 hour'")
                .update();
        int oldestLiveDay = jdbc.sql("select keyledger_now()")
                        .query((row, number) -> JdbcImportSessions.dayOf(
                                row.getTimestamp(1).toInstant().minus(TOKEN_KEY_LIFE)))
                        .single()
                + 1;
        domainKeys.dropTokenKeysBefore(oldestLiveDay);
        return destroyed;
    }
}
