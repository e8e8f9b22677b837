package dev.keyledger.api.adapter.ledger;

import dev.keyledger.api.adapter.journal.AuditRecords;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
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
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of the ledger: commands, their events, the transactional views, vault rows, the audit record and its nonce commit together or
 * not at all. A lost race for a stream is tried again a few times from the beginning.
 *
 * <p>Changes of one aggregate take turns, and whoever waits for its turn holds no connection. Inside, what has to be read is read in one round
 * trip and what has to be written is written in one, just before the commit.
 *
 * <p>Thread-safe.
 */
public class LedgerTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerTransaction.class);

    /** How often a lost race is tried again before the caller is told that the key changed under its hands. */
    private static final int MAX_RETRIES = 5;

    private static final int FIRST_BACKOFF_MILLIS = 5;

    /** How long a change waits for its turn: well below the time after which the vendor's clients give up. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Unique keys of this table tell that another writer was faster. */
    private static final String EVENTS = "domain_event";

    private final CommandBus commandBus;
    private final TransactionManager transactionManager;
    private final AuditRecords audit;
    private final LedgerWrites writes;
    private final Lapses lapses;
    private final DeletionLedger deletions;
    private final Quarantine quarantine;
    private final SecureRandom random;
    private final StreamTurns streamTurns = new StreamTurns();
    private final Semaphore connections;

    /**
     * Works through one command bus.
     *
     * @param maxConcurrentChanges how many changes that callers asked for may hold a connection at a time; the rest of the pool stays for the
     *     system's own work
     */
    public LedgerTransaction(
            CommandBus commandBus,
            TransactionManager transactionManager,
            AuditRecords audit,
            LedgerWrites writes,
            Lapses lapses,
            DeletionLedger deletions,
            Quarantine quarantine,
            SecureRandom random,
            int maxConcurrentChanges) {
        this.commandBus = commandBus;
        this.transactionManager = transactionManager;
        this.audit = audit;
        this.writes = writes;
        this.lapses = lapses;
        this.deletions = deletions;
        this.quarantine = quarantine;
        this.random = random;
        this.connections = new Semaphore(maxConcurrentChanges, true);
    }

    /**
     * Runs the work and commits it with its audit record; afterwards the draft is {@linkplain AuditDraft#written() written}.
     *
     * @param streams identifiers of the aggregates that the commands are for; none for a new one
     * @param work may run more than once and must change nothing but through its commands and the ports they use
     * @throws Refusal if a rule says no, or {@code THROTTLING} if too many changes wait already; nothing was changed and no record written
     */
    public <R extends @Nullable Object> R execute(
            AuditDraft draft, Collection<String> streams, Function<Commands, R> work) {
        try (StreamTurn turn = awaitTurn(draft, streams)) {
            return execute(draft, turn, work);
        }
    }

    /** As {@link #execute(AuditDraft, Collection, Function)}, with a turn that the caller has and keeps. */
    public <R extends @Nullable Object> R execute(AuditDraft draft, StreamTurn turn, Function<Commands, R> work) {
        return execute(draft, turn.streams(), work, true);
    }

    /**
     * Waits for the turn to change these aggregates and for the right to hold one connection, and holds none while it waits.
     *
     * @throws Refusal {@code THROTTLING} if too many wait already or it does not come in time
     */
    public StreamTurn awaitTurn(AuditDraft draft, Collection<String> streams) {
        StreamTurn turn = streamTurns.take(streams, patienceNanos(draft));
        try {
            awaitConnection(draft);
        } catch (RuntimeException refused) {
            turn.close();
            throw refused;
        }
        return new StreamTurn(turn.streams(), () -> {
            connections.release();
            turn.close();
        });
    }

    private static long patienceNanos(AuditDraft draft) {
        return Math.min(PATIENCE.toNanos(), draft.deadline().nanosLeft());
    }

    private void awaitConnection(AuditDraft draft) {
        try {
            if (!connections.tryAcquire(patienceNanos(draft), TimeUnit.NANOSECONDS)) {
                throw Refusal.of(ErrorCode.THROTTLING).because("too many changes at a time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("interrupted while waiting for a connection");
        }
    }

    /**
     * As {@link #execute(AuditDraft, Collection, Function)}, for work that the system does by itself and that may turn out to be nothing: then
     * it leaves no record, because nothing was done and nobody asked.
     */
    public <R extends @Nullable Object> R nudge(
            AuditDraft draft, Collection<String> streams, Function<Commands, R> work) {
        try (StreamTurn turn = streamTurns.take(streams, patienceNanos(draft))) {
            return execute(draft, turn.streams(), work, false);
        }
    }

    private <R extends @Nullable Object> R execute(
            AuditDraft draft, Collection<String> streams, Function<Commands, R> work, boolean recordedInAnyCase) {
        quarantine.requireNone();
        for (int attempt = 0; ; attempt++) {
            try {
                R result = attempt(draft, streams, work, recordedInAnyCase);
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
            AuditDraft draft, Collection<String> streams, Function<Commands, R> work, boolean recordedInAnyCase) {
        UnitOfWork<?> unitOfWork = DefaultUnitOfWork.startAndGet(new GenericMessage<>(draft.requestId()));
        R result;
        OpenChange change = writes.begin(streams);
        try {
            unitOfWork.attachTransaction(transactionManager);
            MetaData metaData = MetaData.from(Map.of("requestId", draft.requestId(), "principal", draft.principal()));
            result = work.apply(command -> send(new GenericCommandMessage<>(command, metaData)));
            // Registered last, so it runs after the events have been appended and the views written: the record covers
            // them.
            unitOfWork.onPrepareCommit(finished -> {
                CoveredEvents covered = CoveredEvents.of(finished);
                if (recordedInAnyCase || !covered.ids().isEmpty()) {
                    announce(covered, change);
                    lapses.guard(change);
                    audit.append(
                            draft,
                            Outcome.SUCCESS,
                            new AuditRecords.Covered(covered.ids(), covered.digests(), covered.versions()),
                            change.writes());
                } else if (!change.writes().isEmpty()) {
                    throw new IllegalStateException("a change that appended no event has written something");
                }
            });
            unitOfWork.commit();
            return result;
        } catch (RuntimeException | Error failure) {
            // A transaction that could not begin has ended the unit of work already; a second rollback would hide why.
            if (unitOfWork.isActive()) {
                giveUp(unitOfWork, change, failure);
            }
            throw failure;
        } finally {
            writes.end();
        }
    }

    /** Before anything is sent: what cannot be announced does not happen. */
    private void announce(CoveredEvents covered, OpenChange change) {
        if (covered.destructions().isEmpty()) {
            return;
        }
        try {
            deletions.announce(covered.destructions(), change.writes());
        } catch (IOException unknown) {
            LOG.warn("the deletion ledger cannot be written, and nothing is destroyed: {}", unknown.toString());
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("the deletion ledger cannot be written");
        }
    }

    /** Rolls back. A refusal that another change has overtaken meanwhile is a lost race and no refusal. */
    private void giveUp(UnitOfWork<?> unitOfWork, OpenChange change, Throwable failure) {
        boolean overtaken = false;
        try {
            overtaken = failure instanceof RuntimeException said
                    && asRefusal(said) instanceof Refusal
                    && lapses.overtaken(change);
        } finally {
            unitOfWork.rollback(failure);
        }
        if (overtaken) {
            throw new ConcurrencyException("refused for what had lapsed, and it has not", failure);
        }
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
            if (each instanceof SQLException sql && lostRace(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lostRace(SQLException failure) {
        String state = failure.getSQLState();
        // Serialization failure and deadlock: PostgreSQL asks for another try.
        if ("40001".equals(state) || "40P01".equals(state)) {
            return true;
        }
        // A taken sequence number. Another table's duplicate is a fault that no try mends.
        return "23505".equals(state)
                && failure instanceof PSQLException server
                && server.getServerErrorMessage() != null
                && EVENTS.equals(server.getServerErrorMessage().getTable());
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
