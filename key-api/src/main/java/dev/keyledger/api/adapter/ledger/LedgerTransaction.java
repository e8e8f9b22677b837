package dev.keyledger.api.adapter.ledger;

import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.commandhandling.CommandResultMessage;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.common.lock.DeadlockException;
import org.axonframework.common.lock.LockAcquisitionFailedException;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.messaging.GenericMessage;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of the ledger: commands, their events, the transactional views, vault rows, the audit record and its nonce commit together or
 * not at all. A lost race for a stream is tried again a few times from the beginning.
 *
 * <p>Thread-safe.
 */
public class LedgerTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerTransaction.class);

    /** How often a lost race is tried again before the caller is told that the key changed under its hands. */
    private static final int MAX_RETRIES = 5;

    private static final int FIRST_BACKOFF_MILLIS = 5;

    /** How long a change waits for its turn: well below the time after which the vendor's clients give up. */
    private static final long PATIENCE_MILLIS = 2_000;

    private final CommandBus commandBus;
    private final TransactionManager transactionManager;
    private final AuditRecords audit;
    private final SecureRandom random;
    private final Semaphore turns;

    /**
     * Works through one command bus.
     *
     * @param maxConcurrentChanges how many changes that callers asked for may hold a connection at a time, be it only to wait for the lock of
     *     a much-wanted key; the rest of the pool stays for uses of keys and for the system's own work
     */
    public LedgerTransaction(
            CommandBus commandBus,
            TransactionManager transactionManager,
            AuditRecords audit,
            SecureRandom random,
            int maxConcurrentChanges) {
        this.commandBus = commandBus;
        this.transactionManager = transactionManager;
        this.audit = audit;
        this.random = random;
        this.turns = new Semaphore(maxConcurrentChanges, true);
    }

    /**
     * Runs the work and commits it with its audit record; afterwards the draft is {@linkplain AuditDraft#written() written}.
     *
     * @param work may run more than once and must change nothing but through its commands and the ports they use
     * @throws Refusal if a rule says no, or {@code THROTTLING} if too many changes wait already; nothing was changed and no record written
     */
    public <R extends @Nullable Object> R execute(AuditDraft draft, Function<Commands, R> work) {
        awaitTurn();
        try {
            return execute(draft, work, true);
        } finally {
            turns.release();
        }
    }

    private void awaitTurn() {
        try {
            if (!turns.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw Refusal.of(ErrorCode.THROTTLING).because("too many changes at a time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting for its turn");
        }
    }

    /**
     * As {@link #execute(AuditDraft, Function)}, for work that the system does by itself and that may turn out to be nothing: then it
     * leaves no record, because nothing was done and nobody asked.
     */
    public <R extends @Nullable Object> R nudge(AuditDraft draft, Function<Commands, R> work) {
        return execute(draft, work, false);
    }

    private <R extends @Nullable Object> R execute(
            AuditDraft draft, Function<Commands, R> work, boolean recordedInAnyCase) {
        for (int attempt = 0; ; attempt++) {
            try {
                R result = attempt(draft, work, recordedInAnyCase);
                draft.written();
                return result;
            } catch (RuntimeException failure) {
                if (!lostRace(failure)) {
                    throw asRefusal(failure);
                }
                if (attempt == MAX_RETRIES) {
                    throw Refusal.of(ErrorCode.STATE_MODIFIED_FAILED)
                            .because("lost the race for the key " + attempt + " times");
                }
                backOff(attempt);
            }
        }
    }

    private <R extends @Nullable Object> R attempt(
            AuditDraft draft, Function<Commands, R> work, boolean recordedInAnyCase) {
        UnitOfWork<?> unitOfWork = DefaultUnitOfWork.startAndGet(new GenericMessage<>(draft.requestId()));
        R result;
        try {
            unitOfWork.attachTransaction(transactionManager);
            MetaData metaData = MetaData.from(Map.of("requestId", draft.requestId(), "principal", draft.principal()));
            result = work.apply(command -> send(new GenericCommandMessage<>(command, metaData)));
            // Registered last, so it runs after the events have been appended and the views written: the record covers
            // them.
            unitOfWork.onPrepareCommit(finished -> {
                CoveredEvents covered = CoveredEvents.of(finished);
                if (recordedInAnyCase || !covered.ids().isEmpty()) {
                    audit.append(
                            draft,
                            Outcome.SUCCESS,
                            new AuditRecords.Covered(covered.ids(), covered.digests(), covered.versions()));
                }
            });
        } catch (RuntimeException | Error failure) {
            // A transaction that could not begin has ended the unit of work already; a second rollback would hide why.
            if (unitOfWork.isActive()) {
                unitOfWork.rollback(failure);
            }
            throw failure;
        }
        unitOfWork.commit();
        return result;
    }

    private @Nullable Object send(CommandMessage<Object> message) {
        CommandResultMessage<?>[] answer = new CommandResultMessage<?>[1];
        commandBus.dispatch(message, (command, result) -> answer[0] = result);
        CommandResultMessage<?> result = answer[0];
        if (result == null) {
            throw new IllegalStateException("the command bus did not answer on the caller's thread");
        }
        if (result.isExceptional()) {
            Throwable cause = result.exceptionResult();
            throw cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
        }
        return result.getPayload();
    }

    private static boolean lostRace(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            // AggregateStreamCreationException is one of them: two commands created the same alias.
            if (each instanceof ConcurrencyException) {
                return true;
            }
            // Serialization failure and deadlock: PostgreSQL asks for another try.
            if (each instanceof SQLException sql
                    && ("40001".equals(sql.getSQLState()) || "40P01".equals(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static RuntimeException asRefusal(RuntimeException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof Refusal refusal) {
                return refusal;
            }
            if (each instanceof AggregateNotFoundException missing) {
                return Refusal.of(
                        missing.getAggregateIdentifier().toString().startsWith("alias/")
                                ? ErrorCode.ALIAS_NOT_FOUND
                                : ErrorCode.KEY_NOT_FOUND);
            }
            if (each instanceof LockAcquisitionFailedException || each instanceof DeadlockException) {
                return Refusal.of(ErrorCode.THROTTLING).because("too many changes wait for this key");
            }
        }
        return failure;
    }

    private void backOff(int attempt) {
        LOG.debug("lost a race for a stream, trying again");
        int limit = FIRST_BACKOFF_MILLIS << attempt;
        try {
            Thread.sleep(1 + random.nextInt(limit));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting to try again");
        }
    }
}
