package dev.keyledger.api.adapter.timer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import org.axonframework.deadline.dbscheduler.DbSchedulerDeadlineManager;
import org.axonframework.deadline.dbscheduler.DbSchedulerDeadlineToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A deadline manager whose cancelling may come too late. A deadline that is firing at this moment cannot be cancelled; the framework's own
 * manager throws then, which would stop the saga's processor over a nudge that the aggregate is going to ignore anyway.
 */
final class TolerantDeadlineManager extends DbSchedulerDeadlineManager {

    private static final Logger LOG = LoggerFactory.getLogger(TolerantDeadlineManager.class);

    private final Scheduler scheduler;

    TolerantDeadlineManager(Scheduler scheduler, Builder builder) {
        super(builder);
        this.scheduler = scheduler;
    }

    @Override
    public void cancelSchedule(String deadlineName, String scheduleId) {
        runOnPrepareCommitOrNow(() -> {
            try {
                scheduler.cancel(new DbSchedulerDeadlineToken(scheduleId));
            } catch (TaskInstanceException goneOrFiring) {
                LOG.debug(
                        "deadline {} {} is gone or firing: {}",
                        deadlineName,
                        scheduleId,
                        goneOrFiring.getClass().getSimpleName());
            }
        });
    }
}
