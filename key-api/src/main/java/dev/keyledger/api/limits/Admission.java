package dev.keyledger.api.limits;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.protocol.OperationClass;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask now. Each principal has a token bucket for the use of keys, for their management and for imports; each address has one for
 * requests that could not be authenticated. Each node counts for itself. Thread-safe.
 */
public final class Admission {

    private final @Nullable Buckets use;
    private final @Nullable Buckets management;
    private final @Nullable Buckets importing;
    private final @Nullable Buckets failures;

    /** Starts with full buckets. */
    public Admission(Limits limits) {
        this.use = buckets(limits.use());
        this.management = buckets(limits.management());
        this.importing = buckets(limits.importing());
        this.failures = buckets(limits.failedAuthentication());
    }

    private static @Nullable Buckets buckets(Optional<Rate> rate) {
        return rate.map(Buckets::new).orElse(null);
    }

    /**
     * Before a signature is looked at: whether this address has failed too often.
     *
     * @param address numeric address of the client
     * @throws Refusal {@code THROTTLING}
     */
    public void admit(String address) {
        if (failures != null && failures.empty(Source.of(address))) {
            throw Refusal.of(ErrorCode.THROTTLING)
                    .because("too many requests from this address were not authenticated");
        }
    }

    /**
     * After a request was authenticated: whether its principal may ask for this kind of work once more.
     *
     * @throws Refusal {@code THROTTLING}
     */
    public void admit(String principal, OperationClass operationClass) {
        Buckets buckets = switch (operationClass) {
            case USE -> use;
            case READ, CHANGE -> management;
            case IMPORT -> importing;
        };
        if (buckets != null && !buckets.take(principal)) {
            throw Refusal.of(ErrorCode.THROTTLING).because("over the rate of this principal");
        }
    }

    /** When a request was answered: one that could not be authenticated counts against its address. */
    public void answered(String address, Outcome outcome) {
        if (failures != null
                && outcome.result() == Outcome.Result.UNAUTHENTICATED
                && outcome.error() != ErrorCode.THROTTLING) {
            // An empty bucket has said no already, or will at the next request.
            var unused = failures.take(Source.of(address));
        }
    }
}
