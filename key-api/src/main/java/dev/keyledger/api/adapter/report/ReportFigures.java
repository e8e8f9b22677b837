package dev.keyledger.api.adapter.report;

import dev.keyledger.projection.report.Reports;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** How far the reports of this node are, for metrics. Read from the store when somebody looks; not a number while it cannot be read. */
@Component
class ReportFigures {

    /** One look serves all figures of a scrape. */
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private record Look(long at, Map<String, Reports.Status> reports) {}

    private final Reports reports;
    private volatile Look look = new Look(System.nanoTime() - 2 * FRESH_NANOS, Map.of());

    ReportFigures(Reports reports, ReportRunner runner, MeterRegistry registry) {
        this.reports = reports;
        for (String name : runner.names()) {
            gauge(
                    registry,
                    "lag",
                    name,
                    "Records with a place in the log that this report was not told yet",
                    Reports.Status::lag);
            gauge(
                    registry,
                    "parked",
                    name,
                    "Records that this report could not digest, and those that wait for them",
                    Reports.Status::parked);
        }
    }

    private void gauge(
            MeterRegistry registry,
            String figure,
            String report,
            String description,
            ToDoubleFunction<Reports.Status> value) {
        Gauge.builder("keyledger.reports." + figure, () -> {
                    Reports.Status status = current().get(report);
                    return status == null ? Double.NaN : value.applyAsDouble(status);
                })
                .description(description)
                .baseUnit("records")
                .tag("report", report)
                .register(registry);
    }

    private Map<String, Reports.Status> current() {
        Look seen = look;
        if (System.nanoTime() - seen.at > FRESH_NANOS) {
            Map<String, Reports.Status> read;
            try {
                read = reports.all().stream().collect(Collectors.toMap(Reports.Status::name, Function.identity()));
            } catch (DataAccessException unreadable) {
                // The lag of the sequencer says that the database is away.
                read = Map.of();
            }
            seen = new Look(System.nanoTime(), read);
            look = seen;
        }
        return seen.reports;
    }
}
