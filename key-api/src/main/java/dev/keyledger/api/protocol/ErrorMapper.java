package dev.keyledger.api.protocol;

import dev.keyledger.api.adapter.batch.OutcomeUnknownException;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * The one place where a fault becomes a refusal. A refusal is itself; a database that is away, full, shutting down or silent about a commit
 * is {@code ServiceUnavailableTemporary}, since the request may be tried again or may even have been done; everything else is {@code
 * InternalFailure}.
 */
public final class ErrorMapper {

    /** Frames of a cause that are worth a line in the log. */
    private static final int FRAMES = 24;

    private ErrorMapper() {}

    /** What the client is told. */
    public static Refusal refusalFor(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        for (Throwable cause : causes(failure)) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
            if (unavailable(cause)) {
                return Refusal.of(ErrorCode.SERVICE_UNAVAILABLE)
                        .because(cause.getClass().getSimpleName());
            }
        }
        return Refusal.of(ErrorCode.INTERNAL_FAILURE).because(failure.getClass().getSimpleName());
    }

    /**
     * Classes and stack frames of a failure and its causes, without their messages: those may quote a parameter or a row.
     */
    public static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause : causes(failure)) {
            text.append(text.isEmpty() ? "" : "\ncaused by ")
                    .append(cause.getClass().getName());
            if (cause instanceof SQLException sql) {
                text.append(" (SQL state ").append(sql.getSQLState()).append(')');
            }
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                text.append("\n\tat ").append(frames[i]);
            }
        }
        return text.toString();
    }

    private static boolean unavailable(Throwable cause) {
        if (cause instanceof SQLException sql) {
            return unavailable(sql.getSQLState());
        }
        return cause instanceof OutcomeUnknownException
                || cause instanceof DataAccessResourceFailureException
                || cause instanceof RecoverableDataAccessException
                || cause instanceof TransientDataAccessException
                || cause instanceof CannotCreateTransactionException
                || cause instanceof TransactionSystemException
                || cause instanceof TransactionTimedOutException;
    }

    /**
     * Connection (08), no resources (53), operator's intervention (57), system error (58), read-only after a failover (25006), a
     * transaction that took too long on our side (25P03, 25P04).
     */
    private static boolean unavailable(@Nullable String state) {
        // The server and its driver always name a state. Without one it is the pool that says that a connection is
        // gone.
        return state == null
                || (state.startsWith("08")
                        || state.startsWith("53")
                        || state.startsWith("57")
                        || state.startsWith("58")
                        || state.equals("25006")
                        || state.equals("25P03")
                        || state.equals("25P04"));
    }

    private static Set<Throwable> causes(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Throwable> ordered = new LinkedHashSet<>();
        for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
            ordered.add(each);
        }
        return ordered;
    }
}
