package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyCommand.DestroyKey;
import dev.keyledger.cmk.KeyCommand.ExpireKeyMaterial;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
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
 * The timers of one key: for its material's expiry and for its destruction. It only nudges. The key re-checks state and instant, so a timer
 * that is late, doubled or stale does no harm, and one that is lost is made up for by the reconciler.
 *
 * <p>It lives while a timer is set, and no longer than the key. Its state is the ids of its two timers. This class's simple name is part of
 * every scheduled deadline: renaming it strands them.
 */
public class KeyLifecycleSaga {

    /** Deadline for {@link ExpiryDue}; stored, never change it. */
    public static final String EXPIRY_DEADLINE = "key-material-expiry";

    /** Deadline for {@link DestructionDue}; stored, never change it. */
    public static final String DESTRUCTION_DEADLINE = "key-destruction";

    private static final String KEY_ID = "keyId";

    /** A command waits for the key's lock at most some seconds; the saga's own transaction must not outlive its limit. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** After a failure, or if the key says "not yet": a hold on destruction, a clock that differs. */
    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(KeyLifecycleSaga.class);

    private @Nullable String expiryTimer;
    private @Nullable String destructionTimer;

    /** Payload of the expiry deadline. */
    public record ExpiryDue(KeyId keyId) {}

    /** Payload of the destruction deadline. */
    public record DestructionDue(KeyId keyId) {}

    @StartSaga
    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialImported event, DeadlineManager deadlines, NudgeTimes times) {
        cancelExpiryTimer(deadlines);
        if (event.expiresAt() != null) {
            expiryTimer =
                    deadlines.schedule(times.fireAt(event.expiresAt()), EXPIRY_DEADLINE, new ExpiryDue(event.keyId()));
        }
        endIfIdle();
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialDeleted event, DeadlineManager deadlines) {
        cancelExpiryTimer(deadlines);
        endIfIdle();
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyMaterialExpired event, DeadlineManager deadlines) {
        cancelExpiryTimer(deadlines);
        endIfIdle();
    }

    @StartSaga
    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDeletionScheduled event, DeadlineManager deadlines, NudgeTimes times) {
        cancelDestructionTimer(deadlines);
        Instant fireAt = times.fireAt(event.deleteAt());
        destructionTimer = deadlines.schedule(fireAt, DESTRUCTION_DEADLINE, new DestructionDue(event.keyId()));
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDeletionCancelled event, DeadlineManager deadlines) {
        cancelDestructionTimer(deadlines);
        endIfIdle();
    }

    @SagaEventHandler(associationProperty = KEY_ID)
    void on(KeyDestroyed event, DeadlineManager deadlines) {
        cancelExpiryTimer(deadlines);
        cancelDestructionTimer(deadlines);
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

    private void cancelExpiryTimer(DeadlineManager deadlines) {
        if (expiryTimer != null) {
            deadlines.cancelSchedule(EXPIRY_DEADLINE, expiryTimer);
            expiryTimer = null;
        }
    }

    private void cancelDestructionTimer(DeadlineManager deadlines) {
        if (destructionTimer != null) {
            deadlines.cancelSchedule(DESTRUCTION_DEADLINE, destructionTimer);
            destructionTimer = null;
        }
    }

    private void endIfIdle() {
        if (expiryTimer == null && destructionTimer == null) {
            SagaLifecycle.end();
        }
    }
}
