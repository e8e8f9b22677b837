package dev.keyledger.api.metrics;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.refusal.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts and times requests by action and ending, as {@code keyledger.requests}. A timer is looked up once per action and ending and then
 * kept, so a request costs one table access and one recording. Thread-safe.
 *
 * <p>Only names of the service itself become labels: an action that nobody serves is {@code unknown}, whatever the client called it.
 */
public final class RequestMetrics {

    /** Name of the timer. */
    static final String NAME = "keyledger.requests";

    private static final String UNKNOWN = "unknown";

    /** What is called so in the audit log reached no endpoint. */
    private static final String NO_ENDPOINT = "Unknown";

    /** Upper bounds of the histogram: fine around the few milliseconds that a use takes, and one at the deadline of a request. */
    private static final Duration[] BOUNDS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(3),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(15),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(4),
        Duration.ofSeconds(8)
    };

    private final MeterRegistry registry;
    private final Map<String, Endings> operations;
    private final Map<String, Endings> endpoints = new ConcurrentHashMap<>();
    private final Endings unknown;

    /**
     * Makes the figures of all operations.
     *
     * @param operations names of the vendor's operations that are served
     */
    public RequestMetrics(MeterRegistry registry, Collection<String> operations) {
        this.registry = registry;
        Map<String, Endings> known = new HashMap<>();
        operations.forEach(operation -> known.put(operation, new Endings(operation)));
        this.operations = known;
        this.unknown = new Endings(UNKNOWN);
        endpoints.put(NO_ENDPOINT, unknown);
    }

    /**
     * A request of the vendor's protocol was answered.
     *
     * @param action as the client sent it; may be empty or anything
     * @param nanos how long it took, in nanoseconds
     */
    public void operation(String action, Outcome outcome, long nanos) {
        operations.getOrDefault(action, unknown).timer(outcome).record(Duration.ofNanos(nanos));
    }

    /**
     * A request under {@code /v1} was answered.
     *
     * @param action the name that the endpoint has for itself, never one that a client chose
     * @param nanos how long it took, in nanoseconds
     */
    public void endpoint(String action, Outcome outcome, long nanos) {
        endpoints.computeIfAbsent(action, Endings::new).timer(outcome).record(Duration.ofNanos(nanos));
    }

    /** How a request ended, as a label. */
    private enum Ending {
        SUCCESS,
        REFUSED,
        THROTTLED,
        DENIED,
        UNAUTHENTICATED,
        MALFORMED,
        FAILED;

        private final String label = name().toLowerCase(Locale.ROOT);

        static Ending of(Outcome outcome) {
            if (outcome.error() == ErrorCode.THROTTLING) {
                return THROTTLED;
            }
            return switch (outcome.result()) {
                case SUCCESS -> SUCCESS;
                case REFUSED -> REFUSED;
                case DENIED -> DENIED;
                case UNAUTHENTICATED -> UNAUTHENTICATED;
                case MALFORMED -> MALFORMED;
                case FAILED -> FAILED;
            };
        }
    }

    /** The timers of one action, made when an ending first happens: most never do. */
    private final class Endings {

        private final String action;
        private final Map<Ending, Timer> timers = new ConcurrentHashMap<>();

        Endings(String action) {
            this.action = action;
        }

        Timer timer(Outcome outcome) {
            Ending ending = Ending.of(outcome);
            Timer made = timers.get(ending);
            return made == null ? make(ending) : made;
        }

        private Timer make(Ending ending) {
            // The registry gives every caller the same timer.
            Timer timer = Timer.builder(NAME)
                    .description("Requests by action and ending, from the first byte read to the answer written")
                    .tag("action", action)
                    .tag("outcome", ending.label)
                    .serviceLevelObjectives(BOUNDS)
                    .register(registry);
            timers.put(ending, timer);
            return timer;
        }
    }
}
