package dev.keyledger.api.adapter.scrubber;

import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How far the scrubber has come, for whoever goes on after a restart or on another node. */
@Component
class ScrubProgress {

    private final JdbcClient jdbc;

    ScrubProgress(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What is known of earlier times.
     *
     * @param size of the checkpoint up to which the present round has compared everything; 0 at its beginning
     * @param completedAt end of the last round, in store time; null if there was none
     */
    record State(long size, @Nullable Instant completedAt) {}

    State read() {
        return jdbc.sql("select size, completed_at from log_scrub")
                .query((row, number) -> new State(row.getLong(1), SqlTime.readNullable(row, "completed_at")))
                .single();
    }

    void reached(long size) {
        jdbc.sql("update log_scrub set size = :size").param("size", size).update();
    }

    /** Ends a round. */
    void completed() {
        jdbc.sql("update log_scrub set size = 0, completed_at = keyledger_now()")
                .update();
    }

    /** Seconds of store time since the end of the last round; not a number if there was none. */
    double age() {
        return jdbc.sql(
                        "select coalesce(greatest(0, extract(epoch from keyledger_now() - completed_at)), 'NaN')::float8 from log_scrub")
                .query(Double.class)
                .single();
    }
}
