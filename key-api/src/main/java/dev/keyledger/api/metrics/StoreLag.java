package dev.keyledger.api.metrics;

import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.projection.notices.KeyNotices;
import dev.keyledger.projection.sequencer.AuditIndex;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.axonframework.config.Configuration;
import org.axonframework.config.EventProcessingConfiguration;
import org.axonframework.eventhandling.EventTrackerStatus;
import org.axonframework.eventhandling.StreamingEventProcessor;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How far the store's own work is behind: deadlines that are due and not begun ({@code keyledger.deadlines.lag}, seconds), events that
 * this node's processors have not handled yet ({@code keyledger.projection.lag}), and audit records without their place in the log
 * ({@code keyledger.sequencer.lag}, seconds), and notices that are to be given and are not ({@code keyledger.notices.backlog}). All are read from the store when somebody looks and at no
 * other time; while the store cannot be read they are not a number. Thread-safe.
 */
@Component
class StoreLag {

    static final String DEADLINES = "keyledger.deadlines.lag";
    static final String PROJECTION = "keyledger.projection.lag";
    static final String NOTICES = "keyledger.notices.backlog";
    static final String SEQUENCER = "keyledger.sequencer.lag";

    private static final Logger LOG = LoggerFactory.getLogger(StoreLag.class);

    private final JdbcClient jdbc;
    private final EventStore events;
    private final AuditIndex auditIndex;
    private final KeyNotices notices;
    private final NoticeLadder ladder;
    private final Map<String, StreamingEventProcessor> processors = new ConcurrentHashMap<>();
    private final Map<String, Double> behind = new ConcurrentHashMap<>();
    private volatile double overdueSeconds = Double.NaN;
    private volatile double unnumberedSeconds = Double.NaN;
    private volatile double untoldNotices = Double.NaN;

    StoreLag(
            MeterRegistry registry,
            JdbcClient jdbc,
            EventStore events,
            AuditIndex auditIndex,
            KeyNotices notices,
            NoticeLadder ladder,
            Configuration ledger) {
        this.jdbc = jdbc;
        this.events = events;
        this.auditIndex = auditIndex;
        this.notices = notices;
        this.ladder = ladder;
        Gauge.builder(DEADLINES, () -> overdueSeconds)
                .description("Age of the oldest deadline that is due and not begun, over all nodes")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(SEQUENCER, () -> unnumberedSeconds)
                .description(
                        "Age of the oldest audit record without its place in the log, in store time, over all nodes")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder(NOTICES, () -> untoldNotices)
                .description("Notices of an expiry or a destruction that are to be given and are not, over all nodes")
                .baseUnit("notices")
                .register(registry);
        EventProcessingConfiguration processing = ledger.eventProcessingConfiguration();
        processing.eventProcessors().forEach((name, processor) -> {
            if (processor instanceof StreamingEventProcessor streaming) {
                processors.put(name, streaming);
                Gauge.builder(PROJECTION, () -> behind.getOrDefault(name, Double.NaN))
                        .description(
                                "Events in the store that the slowest segment of this processor on this node has not handled")
                        .baseUnit("events")
                        .tag("processor", name)
                        .register(registry);
            }
        });
    }

    /** Looks at the store now. */
    void sample() {
        try {
            overdueSeconds = jdbc.sql("""
                            select coalesce(extract(epoch from clock_timestamp() - min(execution_time)), 0)::float8
                            from scheduled_tasks where not picked and execution_time <= clock_timestamp()
                            """).query(Double.class).single();
            unnumberedSeconds = auditIndex.lagSeconds();
            untoldNotices = notices.backlog(ladder);
            long head = position(events.createHeadToken()).orElse(-1);
            processors.forEach((name, processor) -> behind.put(name, behind(head, processor)));
        } catch (DataAccessException | org.axonframework.common.AxonException unreadable) {
            overdueSeconds = Double.NaN;
            unnumberedSeconds = Double.NaN;
            untoldNotices = Double.NaN;
            behind.clear();
            LOG.warn(
                    "the store cannot be read for its lag: {}",
                    unreadable.getClass().getSimpleName());
        }
    }

    /** Segments that other nodes have are told by those. */
    private static double behind(long head, StreamingEventProcessor processor) {
        Stream<EventTrackerStatus> segments = processor.processingStatus().values().stream();
        return segments.mapToDouble(segment ->
                        Math.max(0, head - segment.getCurrentPosition().orElse(-1)))
                .max()
                .orElse(Double.NaN);
    }

    private static OptionalLong position(@org.jspecify.annotations.Nullable TrackingToken token) {
        return token == null ? OptionalLong.empty() : token.position();
    }
}
