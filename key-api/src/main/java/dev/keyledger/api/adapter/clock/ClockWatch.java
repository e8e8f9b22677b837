package dev.keyledger.api.adapter.clock;

import dev.keyledger.api.adapter.clock.DestructionHolds.Cause;
import dev.keyledger.api.adapter.clock.MachineClocks.Reading;
import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.DestructionHold;
import dev.keyledger.projection.SqlTime;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Puts destruction on hold when time cannot be trusted, because a key destroyed early is lost and one destroyed late is not. Each node
 * compares the database's clock with its own monotonic one, at every heartbeat and once more whenever a key is about to be destroyed; after
 * an outage of all nodes, when nobody watched, the clocks of database and node must agree.
 *
 * <p>Machine time only: the test clock may be driven as far as one likes.
 */
@Component
class ClockWatch implements DestructionHold, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);

    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(10);

    /** A node that was silent for longer did not watch. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

    /** Heartbeats of processes that are gone for good; node names carry a process id and would pile up. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(7);

    private final MachineClocks clocks;
    private final DestructionHolds holds;
    private final AuditRecords audit;
    private final JdbcClient jdbc;
    private final NodeName node;
    private final TransactionTemplate transaction;
    private final JumpDetector detector;
    private boolean watching;
    private volatile boolean failing;
    private volatile @Nullable ScheduledExecutorService executor;

    ClockWatch(
            MachineClocks clocks,
            DestructionHolds holds,
            AuditRecords audit,
            JdbcClient jdbc,
            NodeName node,
            PlatformTransactionManager transactions) {
        this.clocks = clocks;
        this.holds = holds;
        this.audit = audit;
        this.jdbc = jdbc;
        this.node = node;
        this.transaction = new TransactionTemplate(transactions);
        this.detector = new JumpDetector(clocks.read());
    }

    @Override
    public boolean active() {
        return holds.current().isPresent() || detector.jump(clocks.read()).isPresent();
    }

    /** Judges the clocks and records a heartbeat. */
    synchronized void beat() {
        Reading reading = clocks.read();
        if (!watching && alone() && apart(reading).compareTo(JumpDetector.TOLERANCE) > 0) {
            hold(
                    Cause.CLOCKS_APART,
                    "After an outage of all nodes the clocks of the database and of node " + node.value() + " are "
                            + apart(reading).toSeconds() + " s apart.");
        }
        watching = true;
        detector.jump(reading)
                .ifPresent(jump -> hold(
                        Cause.CLOCK_JUMPED,
                        "The database's clock jumped forward by " + jump.toSeconds() + " s, seen by node "
                                + node.value() + "."));
        // Only now: had the hold not been stored, the next beat would have to see the jump again.
        detector.accept(reading);
        record(reading);
    }

    private static Duration apart(Reading reading) {
        return Duration.between(reading.node(), reading.database()).abs();
    }

    /** Whether no other node watched the database's clock lately. */
    private boolean alone() {
        return !jdbc.sql("""
                        select exists (select from node_heartbeat
                            where node_id <> :node and database_at > clock_timestamp() - make_interval(secs => :silence))
                        """)
                .param("node", node.value())
                .param("silence", (double) LONGEST_SILENCE.toSeconds())
                .query(Boolean.class)
                .single();
    }

    private void hold(Cause cause, String detail) {
        boolean begun = Boolean.TRUE.equals(transaction.execute(status -> {
            if (!holds.begin(cause, detail)) {
                return false;
            }
            audit.append(
                    AuditDraft.ofSystem(UUID.randomUUID().toString(), "HoldDestruction")
                            .internalReason(detail),
                    Outcome.SUCCESS,
                    AuditRecords.Covered.NOTHING);
            return true;
        }));
        if (begun) {
            LOG.error(
                    "{} No key is destroyed until an operator has checked the clocks and released the hold"
                            + " (POST /v1/destruction-hold/release).",
                    detail);
        }
    }

    private void record(Reading reading) {
        jdbc.sql("""
                        insert into node_heartbeat (node_id, database_at, node_at) values (:node, :database, :at)
                        on conflict (node_id) do update set database_at = excluded.database_at, node_at = excluded.node_at
                        """)
                .param("node", node.value())
                .param("database", SqlTime.of(reading.database()))
                .param("at", SqlTime.of(reading.node()))
                .update();
        jdbc.sql("delete from node_heartbeat where database_at < clock_timestamp() - make_interval(secs => :age)")
                .param("age", (double) FORGOTTEN_AFTER.toSeconds())
                .update();
    }

    private void beatOrSay() {
        try {
            beat();
            failing = false;
        } catch (RuntimeException failed) {
            // The monotonic clock goes on: a jump meanwhile is found by the next beat that succeeds.
            if (!failing) {
                LOG.warn("no heartbeat: {}", failed.getClass().getSimpleName());
            }
            failing = true;
        }
    }

    @Override
    public void start() {
        // In the starting thread, so that nothing is destroyed before the clocks have been compared.
        beat();
        ScheduledExecutorService fresh = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "clock-watch");
            thread.setDaemon(true);
            return thread;
        });
        var unused = fresh.scheduleWithFixedDelay(
                this::beatOrSay, HEARTBEAT_INTERVAL.toSeconds(), HEARTBEAT_INTERVAL.toSeconds(), TimeUnit.SECONDS);
        executor = fresh;
    }

    @Override
    public void stop() {
        ScheduledExecutorService current = executor;
        executor = null;
        if (current != null) {
            current.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    /** Before the ledger and whatever fires deadlines. */
    @Override
    public int getPhase() {
        return -1;
    }
}
