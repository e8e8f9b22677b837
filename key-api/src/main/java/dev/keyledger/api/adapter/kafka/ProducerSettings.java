package dev.keyledger.api.adapter.kafka;

import dev.keyledger.api.startup.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a producer is made with: an operator's properties, and over them what the promise to consumers rests on. */
final class ProducerSettings {

    /** For how long an event is tried before the subscriber says that the broker is away. It is tried again then. */
    private static final Duration DELIVERY = Duration.ofSeconds(30);

    private static final Duration REQUEST = Duration.ofSeconds(10);

    /** For how long a send waits for a broker that was never reached. Short, because a node that ends waits for it. */
    private static final Duration BLOCK = Duration.ofSeconds(4);

    private ProducerSettings() {}

    static Map<String, Object> of(Settings.Kafka kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.properties());
        settings.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "keyledger");
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        // Arrived is what all replicas in sync have, once and in the order of sending.
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(DELIVERY));
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis(REQUEST));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis(BLOCK));
        // Nothing phones home: a broker can otherwise ask its clients for their metrics.
        settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        return settings;
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
