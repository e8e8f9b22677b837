package dev.keyledger.api.adapter.clock;

import dev.keyledger.cmk.NudgeTimes;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * From store time to the scheduler's clock, by the offset that the store has now: read afresh, because a node's estimate lags behind an
 * advance made on another node.
 */
@Component
class StoreNudgeTimes implements NudgeTimes {

    /** The scheduler's clock is an estimate. A nudge that comes early is spent for nothing, one that comes late harms nobody. */
    private static final Duration MARGIN = Duration.ofMillis(200);

    private final JdbcClient jdbc;

    StoreNudgeTimes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Instant fireAt(Instant dueInStoreTime) {
        Duration offset = jdbc.sql("select extract(epoch from \"offset\") * 1000 from store_clock")
                .query((row, number) -> Duration.ofMillis(row.getBigDecimal(1).longValue()))
                .single();
        return dueInStoreTime.minus(offset).plus(MARGIN);
    }
}
