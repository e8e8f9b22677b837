package dev.keyledger.api.adapter.subscriber;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Shows what keeps subscribers from being told. The service is up all the same: nobody's use of a key depends on them. */
@Component("subscribers")
class SubscribersHealth implements HealthIndicator {

    private final Subscribers subscribers;
    private final SubscriberRunner runner;

    SubscribersHealth(Subscribers subscribers, SubscriberRunner runner) {
        this.subscribers = subscribers;
        this.runner = runner;
    }

    @Override
    public Health health() {
        if (runner.names().isEmpty()) {
            return Health.up().build();
        }
        Health.Builder health = Health.up();
        try {
            for (Subscribers.Status status : subscribers.all()) {
                health.withDetail(status.name(), detail(status));
            }
        } catch (DataAccessException unreadable) {
            health.withDetail("unreadable", true);
        }
        return health.build();
    }

    private static Map<String, Object> detail(Subscribers.Status status) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("lag", status.lag());
        detail.put("deadLetters", status.deadLetters());
        if (status.trouble() != null) {
            detail.put("trouble", status.trouble());
        }
        if (status.troubledAt() != null) {
            detail.put("since", status.troubledAt());
        }
        return detail;
    }
}
