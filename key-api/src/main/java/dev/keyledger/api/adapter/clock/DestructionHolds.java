package dev.keyledger.api.adapter.clock;

import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.projection.SqlTime;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Holds on destruction, in {@code destruction_hold}: at most one is open, and only an operator ends it. Every method joins the caller's transaction. */
@Component
public class DestructionHolds {

    private final JdbcClient jdbc;
    private final NodeName node;

    DestructionHolds(JdbcClient jdbc, NodeName node) {
        this.jdbc = jdbc;
        this.node = node;
    }

    /** Why destruction may be on hold. */
    public enum Cause {
        /** The database's clock jumped forward while a node watched it. */
        CLOCK_JUMPED,
        /** After an outage of all nodes, the clocks of the database and of a node are apart. */
        CLOCKS_APART
    }

    /**
     * An open hold.
     *
     * @param cause why it began
     * @param detail a sentence for the operator
     * @param heldAt since when, in machine time
     * @param node who noticed
     */
    public record Hold(Cause cause, String detail, Instant heldAt, String node) {}

    /** The open hold, if there is one. */
    public Optional<Hold> current() {
        return jdbc.sql("select cause, detail, held_at, node_id from destruction_hold where released_at is null")
                .query((row, number) -> new Hold(
                        Cause.valueOf(row.getString("cause")),
                        row.getString("detail"),
                        SqlTime.read(row, "held_at"),
                        row.getString("node_id")))
                .optional();
    }

    /**
     * Begins a hold.
     *
     * @return false if one is already open
     */
    boolean begin(Cause cause, String detail) {
        return jdbc.sql("""
                        insert into destruction_hold (cause, detail, held_at, node_id)
                        values (:cause, :detail, clock_timestamp(), :node)
                        on conflict do nothing
                        """)
                        .param("cause", cause.name())
                        .param("detail", detail)
                        .param("node", node.value())
                        .update()
                == 1;
    }

    /**
     * Ends the open hold.
     *
     * @param releasedBy principal of the operator
     * @return false if none was open
     */
    public boolean release(String releasedBy) {
        return jdbc.sql("""
                        update destruction_hold set released_at = clock_timestamp(), released_by = :by
                        where released_at is null
                        """).param("by", releasedBy).update() == 1;
    }
}
