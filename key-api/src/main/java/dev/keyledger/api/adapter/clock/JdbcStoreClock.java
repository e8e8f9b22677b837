package dev.keyledger.api.adapter.clock;

import dev.keyledger.time.StoreClock;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Store time read from the database, in the caller's transaction if there is one. A round trip for each reading is the price for every node
 * and every SQL statement agreeing to the millisecond about what has expired.
 */
@Component
class JdbcStoreClock implements StoreClock {

    private final JdbcClient jdbc;

    JdbcStoreClock(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Instant now() {
        return jdbc.sql("select keyledger_now()")
                .query((row, number) -> row.getTimestamp(1).toInstant())
                .single();
    }
}
