package dev.keyledger.api.adapter.timer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.keyledger.api.adapter.clock.DatabaseTime;
import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.api.quarantine.Quarantine;
import java.time.Duration;
import javax.sql.DataSource;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.Configuration;
import org.axonframework.config.ConfigurationScopeAwareProvider;
import org.axonframework.deadline.DeadlineManager;
import org.axonframework.deadline.dbscheduler.DbSchedulerDeadlineManager;
import org.axonframework.deadline.dbscheduler.DbSchedulerHumanReadableDeadlineDetails;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Component;

/**
 * The persistent deadlines of the life cycle saga, in {@code scheduled_tasks}: scheduled and cancelled in the saga's own transaction, fired
 * by whichever node finds them due first, and by the next node after any downtime. A node in quarantine lets them lie.
 */
@Component
public class DeadlineScheduler implements SmartLifecycle {

    /** After the ledger has started, and stopped before it. */
    static final int PHASE = 1;

    /** Each waits for the command it sent, so this bounds how many connections deadlines hold. */
    private static final int THREADS = 4;

    private static final Duration POLLING_INTERVAL = Duration.ofSeconds(1);

    /** Four missed heartbeats, the fewest the scheduler allows, and another node takes over what a killed one had begun. */
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(5);

    private static final int MISSED_HEARTBEATS = 4;

    /** A command takes a fraction of it; what is cut off is fired again by another node or the next start. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final Quarantine quarantine;
    private final TransactionManager transactions;
    private final Serializer serializer;
    private final Scheduler scheduler;
    private volatile @Nullable DbSchedulerDeadlineManager manager;
    private volatile boolean running;

    DeadlineScheduler(
            DataSource dataSource,
            TransactionManager transactions,
            Serializer serializer,
            DatabaseTime databaseTime,
            NodeName node,
            Quarantine quarantine) {
        this.quarantine = quarantine;
        this.transactions = transactions;
        this.serializer = serializer;
        // The proxy makes scheduling part of the caller's transaction; the scheduler's own threads have none.
        this.scheduler = Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), retriedSoon(task()))
                .schedulerName(node::value)
                .serializer(new TaskJson())
                // Machine time as the database has it: nodes agree on it to milliseconds, and the test clock never
                // drives it.
                .clock(databaseTime::machineNow)
                .threads(THREADS)
                .pollingInterval(POLLING_INTERVAL)
                .pollUsingLockAndFetch(0.5, 1.0)
                .heartbeatInterval(HEARTBEAT_INTERVAL)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(LONGEST_STOP)
                .failureLogging(LogLevel.WARN, false)
                .build();
    }

    private Task<DbSchedulerHumanReadableDeadlineDetails> task() {
        return DbSchedulerDeadlineManager.humanReadableTask(() -> manager);
    }

    /** The framework's task fires again after five minutes when its handler throws; a nudge should not wait so long. */
    private static Task<DbSchedulerHumanReadableDeadlineDetails> retriedSoon(
            Task<DbSchedulerHumanReadableDeadlineDetails> deadline) {
        return Tasks.oneTime(deadline.getName(), DbSchedulerHumanReadableDeadlineDetails.class)
                .onFailure(DeadlineScheduler::retry)
                .execute(deadline::execute);
    }

    private static void retry(
            ExecutionComplete failed, ExecutionOperations<DbSchedulerHumanReadableDeadlineDetails> operations) {
        operations.reschedule(failed, failed.getTimeDone().plus(retryAfter(failed.getExecution().consecutiveFailures)));
    }

    /** 1, 2, 4 … 60 seconds. */
    static Duration retryAfter(int earlierFailures) {
        Duration backOff = FIRST_RETRY.multipliedBy(1L << Math.min(earlierFailures, 10));
        return backOff.compareTo(LONGEST_RETRY) < 0 ? backOff : LONGEST_RETRY;
    }

    /** Makes the deadline manager of a framework configuration; called once, while the configuration is built. */
    public DeadlineManager connect(Configuration configuration) {
        DbSchedulerDeadlineManager connected = new TolerantDeadlineManager(
                scheduler,
                DbSchedulerDeadlineManager.builder()
                        .scheduler(scheduler)
                        .scopeAwareProvider(new ConfigurationScopeAwareProvider(configuration))
                        .transactionManager(transactions)
                        .serializer(serializer)
                        .useBinaryPojo(false)
                        // Started and stopped here: a deadline must not fire before the saga's own processor runs.
                        .startScheduler(false)
                        .stopScheduler(false));
        manager = connected;
        return connected;
    }

    @Override
    public void start() {
        // Whatever fired would be refused, and be tried again and logged for as long as the quarantine lasts.
        if (quarantine.why().isEmpty()) {
            scheduler.start();
            running = true;
        }
    }

    @Override
    public void stop() {
        scheduler.stop();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
