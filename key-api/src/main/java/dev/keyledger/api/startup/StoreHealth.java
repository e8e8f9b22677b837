package dev.keyledger.api.startup;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** What a store lacks for production stays visible after the start log has scrolled away. The service is up all the same. */
@Component("store")
class StoreHealth implements HealthIndicator {

    private final StoreFacts facts;
    private final StoreIdentity identity;

    StoreHealth(StoreFacts facts, StoreIdentity identity) {
        this.facts = facts;
        this.identity = identity;
    }

    @Override
    public Health health() {
        return Health.up()
                .withDetail("appendOnlyEnforced", facts.appendOnlyEnforced())
                .withDetail("embeddedDatabase", facts.embedded())
                .withDetail("testClock", identity.testClock())
                .build();
    }
}
