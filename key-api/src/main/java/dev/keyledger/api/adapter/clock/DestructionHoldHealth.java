package dev.keyledger.api.adapter.clock;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Shows a hold on destruction. The service is up all the same: keys are used and managed as ever, only none is destroyed. */
@Component("destructionHold")
class DestructionHoldHealth implements HealthIndicator {

    private final DestructionHolds holds;

    DestructionHoldHealth(DestructionHolds holds) {
        this.holds = holds;
    }

    @Override
    public Health health() {
        return holds.current()
                .map(hold -> Health.up()
                        .withDetail("held", true)
                        .withDetail("cause", hold.cause())
                        .withDetail("detail", hold.detail())
                        .withDetail("since", hold.heldAt())
                        .build())
                .orElseGet(() -> Health.up().withDetail("held", false).build());
    }
}
