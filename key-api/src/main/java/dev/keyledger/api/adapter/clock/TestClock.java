package dev.keyledger.api.adapter.clock;

import dev.keyledger.time.StoreClock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The drivable clock of stores made for tests: store time may be moved forward, never back, and stays moved. */
@Component
public class TestClock {

    private final JdbcClient jdbc;
    private final StoreClock storeClock;
    private final DatabaseTime databaseTime;

    TestClock(JdbcClient jdbc, StoreClock storeClock, DatabaseTime databaseTime) {
        this.jdbc = jdbc;
        this.storeClock = storeClock;
        this.databaseTime = databaseTime;
    }

    /**
     * Store time and how far it has been driven.
     *
     * @param now store time
     * @param offset store time minus database time
     */
    public record Reading(Instant now, Duration offset) {}

    /** Reads the clock. */
    @Transactional(readOnly = true)
    public Reading read() {
        Duration offset = jdbc.sql("select extract(epoch from \"offset\") * 1000 from store_clock")
                .query((row, number) -> Duration.ofMillis(row.getBigDecimal(1).longValue()))
                .single();
        return new Reading(storeClock.now(), offset);
    }

    /**
     * Moves store time forward by at least a millisecond, in whole milliseconds, and every deadline nearer by as much; joins the caller's
     * transaction.
     */
    public void advance(Duration duration) {
        if (duration.toMillis() < 1) {
            throw new IllegalArgumentException("the clock only goes forward");
        }
        double seconds = duration.toMillis() / 1000.0;
        jdbc.sql("update store_clock set \"offset\" = \"offset\" + make_interval(secs => :seconds)")
                .param("seconds", seconds)
                .update();
        // Deadlines lie in machine time, where they were put with the offset of then. One that is locked is being fired
        // or
        // cancelled at this moment; waiting for it could be a deadlock, because the scheduler locks in an order of its
        // own.
        jdbc.sql("""
                        update scheduled_tasks t set execution_time = t.execution_time - make_interval(secs => :seconds)
                        from (select task_name, task_instance from scheduled_tasks where not picked for update skip locked) free
                        where t.task_name = free.task_name and t.task_instance = free.task_instance
                        """).param("seconds", seconds).update();
    }

    /** Makes this node see an advance that has been committed. */
    public void refresh() {
        databaseTime.refresh();
    }
}
