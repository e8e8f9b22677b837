package dev.keyledger.api.quarantine;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether this node may use and change keys. Once in quarantine it stays there until it is started again: a store that was put back from an older
 * state may hold material that its owner was told is gone. Thread-safe.
 */
@Component("quarantine")
public class Quarantine implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

    /** Internal reason of every refusal in quarantine. */
    private static final String REASON = "quarantine";

    private volatile @Nullable String why;

    public Quarantine(MeterRegistry registry) {
        Gauge.builder("keyledger.quarantine", () -> why == null ? 0 : 1)
                .description("1 if this node only describes keys, because the store is not what its anchor knows")
                .register(registry);
    }

    /** From now on keys are only described. The first reason is the one told, once. */
    public synchronized void enter(String reason) {
        if (why != null) {
            return;
        }
        why = reason;
        LOG.error(
                "QUARANTINE: {}. Keys are described and the audit log is read; nothing is used or changed. Bring the newest state of the"
                        + " database back and start again",
                reason);
    }

    /** Why keys are only described; empty if they are not. */
    public Optional<String> why() {
        return Optional.ofNullable(why);
    }

    /**
     * Asked before anything is done with a key but describing it.
     *
     * @throws Refusal {@code SERVICE_UNAVAILABLE} in quarantine
     */
    public void requireNone() {
        if (why != null) {
            throw Refusal.of(ErrorCode.SERVICE_UNAVAILABLE)
                    .because(REASON)
                    .advising(
                            "The store was put back from an older state and is in quarantine; see the health report.");
        }
    }

    /** Whether a refusal says that this node is in quarantine, which was told when it came there. */
    public static boolean told(Refusal refusal) {
        return refusal.code() == ErrorCode.SERVICE_UNAVAILABLE && REASON.equals(refusal.reason());
    }

    @Override
    public Health health() {
        String reason = why;
        return reason == null
                ? Health.up().build()
                : Health.down().withDetail("why", reason).build();
    }
}
