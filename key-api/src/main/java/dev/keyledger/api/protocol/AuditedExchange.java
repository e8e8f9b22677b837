package dev.keyledger.api.protocol;

import dev.keyledger.api.adapter.batch.OverloadedException;
import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its one audit record. Whatever the work does, when {@link #run} returns the record is durable, or the answer says nothing
 * but that the service is unavailable. Belongs to one request and one thread.
 */
public final class AuditedExchange {

    private static final Logger LOG = LoggerFactory.getLogger("keyledger.request");

    /** What may stand in the log: names that clients make up could forge lines. */
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9]{1,64}");

    private final Audit audit;
    private final AuditDraft draft;
    private Stage stage = Stage.READING;
    private Outcome ending = Outcome.SUCCESS;

    /** How far a request got; decides the class of its failure in the audit record. */
    public enum Stage {
        READING,
        AUTHENTICATING,
        ACTING
    }

    /** Starts the exchange that the draft records. */
    public AuditedExchange(Audit audit, AuditDraft draft) {
        this.audit = audit;
        this.draft = draft;
    }

    /** The request got so far. */
    public void reached(Stage next) {
        stage = next;
    }

    /**
     * Does the work and makes the record durable.
     *
     * @param work returns the finished answer; if it wrote the record in its own transaction, the draft says so
     * @param refused makes the answer of a refusal
     */
    public <A> A run(Supplier<A> work, Function<Refusal, A> refused) {
        try {
            A answer = work.get();
            return draft.isWritten() ? answer : recorded(answer, refused);
        } catch (OverloadedException flood) {
            return refused(unrecorded(), refused);
        } catch (RuntimeException | Error failure) {
            // Errors too: an answer that never comes would be tried again, and the record would be missing.
            Refusal refusal = ErrorMapper.refusalFor(failure);
            log(refusal, failure);
            return refused(draft.isWritten() ? refusal : record(refusal), refused);
        }
    }

    private <A> A recorded(A answer, Function<Refusal, A> refused) {
        try {
            audit.record(draft, Outcome.SUCCESS);
            return answer;
        } catch (Refusal disowned) {
            log(disowned, disowned);
            return refused(draft.isWritten() ? disowned : record(disowned), refused);
        } catch (OverloadedException flood) {
            return refused(unrecorded(), refused);
        } catch (RuntimeException unwritten) {
            Refusal refusal =
                    Refusal.of(ErrorCode.SERVICE_UNAVAILABLE).because("the record of its success could not be written");
            log(refusal, unwritten);
            return refused(record(refusal), refused);
        }
    }

    /** How the exchange ended; to be asked after {@link #run}. */
    public Outcome ending() {
        return ending;
    }

    private <A> A refused(Refusal refusal, Function<Refusal, A> refused) {
        ending = outcome(refusal.code());
        return refused.apply(refusal);
    }

    private Refusal record(Refusal refusal) {
        if (refusal.code() == ErrorCode.NONCE_USED) {
            draft.withoutNonce();
        }
        if (!refusal.reason().isEmpty()) {
            draft.internalReason(refusal.reason());
        }
        try {
            audit.record(draft, outcome(refusal.code()));
            return refusal;
        } catch (OverloadedException flood) {
            return unrecorded();
        } catch (RuntimeException unwritten) {
            if (unwritten instanceof Refusal disowned && draft.isWritten()) {
                // The record says that the sender does not count any more, or that the same signed request came before.
                log(disowned, disowned);
                return disowned;
            }
            if (unwritten instanceof Refusal replay && draft.replayProtected()) {
                // The same signed request was recorded meanwhile: that is what is to be said and recorded.
                log(replay, replay);
                return record(replay);
            }
            LOG.error("request {} has no audit record: {}", draft.requestId(), ErrorMapper.describe(unwritten));
            return Refusal.of(ErrorCode.SERVICE_UNAVAILABLE);
        }
    }

    /** So much waits to be recorded that this request's record would come too late: nothing was done, and nothing is said but that. */
    private Refusal unrecorded() {
        audit.unrecorded(draft, ErrorCode.THROTTLING);
        return Refusal.of(ErrorCode.THROTTLING);
    }

    private Outcome outcome(ErrorCode code) {
        if (code == ErrorCode.NONCE_USED) {
            return Outcome.unauthenticated(code);
        }
        return switch (stage) {
            case READING -> Outcome.malformed(code);
            case AUTHENTICATING -> Outcome.unauthenticated(code);
            case ACTING -> Outcome.of(code);
        };
    }

    /** One entry for each request that did not succeed; never a parameter, never a message of an exception. */
    private void log(Refusal refusal, Throwable cause) {
        String operation = PLAIN_NAME.matcher(draft.action()).matches() ? draft.action() : "-";
        String code = refusal.code().code();
        // A node in quarantine has said so; that each request is refused for it is no failure of its own.
        if (refusal.code().httpStatus() < 500 || Quarantine.told(refusal)) {
            LOG.info(
                    "request {} refused: operation {}, keys {}, code {}",
                    draft.requestId(),
                    operation,
                    draft.keyIds(),
                    code);
        } else {
            LOG.error(
                    "request {} failed: operation {}, keys {}, code {}: {}",
                    draft.requestId(),
                    operation,
                    draft.keyIds(),
                    code,
                    ErrorMapper.describe(cause));
        }
    }
}
