package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyCommand.GiveDeletionNotice;
import dev.keyledger.cmk.KeyCommand.GiveExpiryNotice;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.deadline.DeadlineManager;
import org.axonframework.deadline.annotation.DeadlineHandler;
import org.axonframework.modelling.saga.SagaEventHandler;
import org.axonframework.modelling.saga.SagaLifecycle;
import org.axonframework.modelling.saga.StartSaga;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timers of one key: for its material's expiry and for its destruction, and for the next notice of each. It only nudges. The key
 * re-checks state and instant, so a timer that is late, doubled or stale does no harm, and one that is lost is made up for by the reconciler.
 *
 * <p>It lives while a timer is set, and no longer than the key. Its state is the ids of its timers. This class's simple name is part of
 * every scheduled deadline: renaming it strands them.
 */
public class KeyLifecycleSaga {

    /** Deadline for {@link ExpiryDue}; stored, never change it. */
    public static final String EXPIRY_DEADLINE = "key-material-expiry";

    /** Deadline for {@link DestructionDue}; stored, never change it. */
    public static final String DESTRUCTION_DEADLINE = "key-destruction";

    /** Deadline for {@link ExpiryNoticeDue}; stored, never change it. */
    public static final String EXPIRY_NOTICE_DEADLINE = "key-expiry-notice";

    /** Deadline for {@link DeletionNoticeDue}; stored, never change it. */
    public static final String DELETION_NOTICE_DEADLINE = "key-deletion-notice";

    private static final String KEY_ID = "keyId";

    /** A command waits for the key's lock at most some seconds; the saga's own transaction must not outlive its limit. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** After a failure, or if the key says "not yet": a hold on destruction, a clock that differs. */
    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(KeyLifecycleSaga.class);

    private @Nullable String expiryTimer;
    private @Nullable String destructionTimer;
    private @Nullable String expiryNoticeTimer;
    private @Nullable String deletionNoticeTimer;

    /** Payload of the expiry deadline. */
    public record ExpiryDue(KeyId keyId) {}

    /** Payload of the destruction deadline. */
    public record DestructionDue(KeyId keyId) {}

    /** Payload of the deadline of the next notice of an expiry. */
    public record ExpiryNoticeDue(KeyId keyId) {}

    /** Payload of the deadline of the next notice of a destruction. */
    public record DeletionNoticeDue(KeyId keyId) {}

    @StartSaga
    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialImported event, DeadlineManager deadlines, NudgeTimes times, NoticeLadder ladder) {
        cancelExpiryTimers(deadlines);
        if (event.expiresAt() != null) {
            expiryTimer =
                    deadlines.schedule(times.fireAt(event.expiresAt()), EXPIRY_DEADLINE, new ExpiryDue(event.keyId()));
            expiryNoticeTimer = ladder.next(new DueDate(event.expiresAt(), event.at()))
                    .map(rung -> scheduleExpiryNotice(event.keyId(), times.fireAt(rung), deadlines))
                    .orElse(null);
        }
        endIfIdle();
    }

    /** The rungs are climbed down one by one: each notice sets the timer of the next. */
    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyExpiryNear event, DeadlineManager deadlines, NudgeTimes times, NoticeLadder ladder) {
        cancelExpiryNoticeTimer(deadlines);
        expiryNoticeTimer = ladder.next(new DueDate(event.expiresAt(), event.at()).noticed(event.notice()))
                .map(rung -> scheduleExpiryNotice(event.keyId(), times.fireAt(rung), deadlines))
                .orElse(null);
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialDeleted event, DeadlineManager deadlines) {
        cancelExpiryTimers(deadlines);
        endIfIdle();
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialExpired event, DeadlineManager deadlines) {
        cancelExpiryTimers(deadlines);
        endIfIdle();
    }

    @StartSaga
    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDeletionScheduled event, DeadlineManager deadlines, NudgeTimes times, NoticeLadder ladder) {
        cancelDeletionTimers(deadlines);
        Instant fireAt = times.fireAt(event.deleteAt());
        destructionTimer = deadlines.schedule(fireAt, DESTRUCTION_DEADLINE, new DestructionDue(event.keyId()));
        deletionNoticeTimer = ladder.next(new DueDate(event.deleteAt(), event.at()))
                .map(rung -> scheduleDeletionNotice(event.keyId(), times.fireAt(rung), deadlines))
                .orElse(null);
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDeletionNear event, DeadlineManager deadlines, NudgeTimes times, NoticeLadder ladder) {
        cancelDeletionNoticeTimer(deadlines);
        deletionNoticeTimer = ladder.next(new DueDate(event.deleteAt(), event.at()).noticed(event.notice()))
                .map(rung -> scheduleDeletionNotice(event.keyId(), times.fireAt(rung), deadlines))
                .orElse(null);
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDeletionCancelled event, DeadlineManager deadlines) {
        cancelDeletionTimers(deadlines);
        endIfIdle();
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDestroyed event, DeadlineManager deadlines) {
        cancelExpiryTimers(deadlines);
        cancelDeletionTimers(deadlines);
        SagaLifecycle.end();
    }

    /** The payload comes first: with another parameter before it the framework would never call this. */
    @DeadlineHandler(deadlineName = EXPIRY_DEADLINE)
    void when(ExpiryDue due, CommandGateway commands, DeadlineManager deadlines) {
        expiryTimer = null;
        if (!carriedOut(new ExpireKeyMaterial(due.keyId()), commands)) {
            expiryTimer = deadlines.schedule(RETRY_AFTER, EXPIRY_DEADLINE, due);
        }
    }

    /** The payload comes first, as above. */
    @DeadlineHandler(deadlineName = DESTRUCTION_DEADLINE)
    void when(DestructionDue due, CommandGateway commands, DeadlineManager deadlines) {
        destructionTimer = null;
        if (!carriedOut(new DestroyKey(due.keyId()), commands)) {
            destructionTimer = deadlines.schedule(RETRY_AFTER, DESTRUCTION_DEADLINE, due);
        }
    }

    /**
     * The payload comes first, as above. Not tried again from here: a notice that is not to be given now may never be, if the ladder changed, and
     * one that failed is the reconciler's.
     */
    @DeadlineHandler(deadlineName = EXPIRY_NOTICE_DEADLINE)
    void when(ExpiryNoticeDue due, CommandGateway commands) {
        expiryNoticeTimer = null;
        var unused = carriedOut(new GiveExpiryNotice(due.keyId()), commands);
    }

    /** The payload comes first, as above. */
    @DeadlineHandler(deadlineName = DELETION_NOTICE_DEADLINE)
    void when(DeletionNoticeDue due, CommandGateway commands) {
        deletionNoticeTimer = null;
        var unused = carriedOut(new GiveDeletionNotice(due.keyId()), commands);
    }

    /** Whether the key made its event. If not, the retry goes on until an event tells that there is nothing left to do. */
    private static boolean carriedOut(KeyCommand command, CommandGateway commands) {
        try {
            Boolean done = commands.sendAndWait(command, PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Boolean.TRUE.equals(done);
        } catch (RuntimeException failure) {
            // Total on purpose: a throwing deadline is tried again by the scheduler's own rules, without this saga
            // knowing of it.
            LOG.warn(
                    "{} of key {} failed, next try in {}: {}",
                    command.getClass().getSimpleName(),
                    command.keyId(),
                    RETRY_AFTER,
                    failure.toString());
            return false;
        }
    }

    private static String scheduleExpiryNotice(KeyId keyId, Instant fireAt, DeadlineManager deadlines) {
        return deadlines.schedule(fireAt, EXPIRY_NOTICE_DEADLINE, new ExpiryNoticeDue(keyId));
    }

    private static String scheduleDeletionNotice(KeyId keyId, Instant fireAt, DeadlineManager deadlines) {
        return deadlines.schedule(fireAt, DELETION_NOTICE_DEADLINE, new DeletionNoticeDue(keyId));
    }

    private void cancelExpiryTimers(DeadlineManager deadlines) {
        if (expiryTimer != null) {
            deadlines.cancelSchedule(EXPIRY_DEADLINE, expiryTimer);
            expiryTimer = null;
        }
        cancelExpiryNoticeTimer(deadlines);
    }

    private void cancelExpiryNoticeTimer(DeadlineManager deadlines) {
        if (expiryNoticeTimer != null) {
            deadlines.cancelSchedule(EXPIRY_NOTICE_DEADLINE, expiryNoticeTimer);
            expiryNoticeTimer = null;
        }
    }

    private void cancelDeletionTimers(DeadlineManager deadlines) {
        if (destructionTimer != null) {
            deadlines.cancelSchedule(DESTRUCTION_DEADLINE, destructionTimer);
            destructionTimer = null;
        }
        cancelDeletionNoticeTimer(deadlines);
    }

    private void cancelDeletionNoticeTimer(DeadlineManager deadlines) {
        if (deletionNoticeTimer != null) {
            deadlines.cancelSchedule(DELETION_NOTICE_DEADLINE, deletionNoticeTimer);
            deletionNoticeTimer = null;
        }
    }

    private void endIfIdle() {
        boolean timed = expiryTimer != null || destructionTimer != null;
        if (!timed && expiryNoticeTimer == null && deletionNoticeTimer == null) {
            SagaLifecycle.end();
        }
    }
}
