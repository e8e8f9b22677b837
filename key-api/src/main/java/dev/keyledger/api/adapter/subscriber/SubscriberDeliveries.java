package dev.keyledger.api.adapter.subscriber;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts what became of events on this node. Thread-safe. */
@Component
class SubscriberDeliveries {

    private final MeterRegistry registry;

    SubscriberDeliveries(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Has a subscriber counted from 0 on. */
    void expect(String subscriber) {
        counter(subscriber, "passed");
        counter(subscriber, "failed");
        counter(subscriber, "parked");
    }

    void passed(String subscriber) {
        counter(subscriber, "passed").increment();
    }

    void failed(String subscriber) {
        counter(subscriber, "failed").increment();
    }

    void parked(String subscriber) {
        counter(subscriber, "parked").increment();
    }

    private Counter counter(String subscriber, String outcome) {
        return Counter.builder("keyledger.subscribers.deliveries")
                .description("Events and attempts by what became of them on this node")
                .baseUnit("events")
                .tag("subscriber", subscriber)
                .tag("outcome", outcome)
                .register(registry);
    }
}
