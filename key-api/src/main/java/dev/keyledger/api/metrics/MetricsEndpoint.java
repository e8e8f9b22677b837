package dev.keyledger.api.metrics;

import dev.keyledger.api.rest.RestGate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /actuator/prometheus}: all figures of this node in the text format of Prometheus, or as OpenMetrics text where the client
 * accepts that. Authenticated, authorised as {@code GetMetrics} and recorded like everything under {@code /v1}.
 */
@RestController
class MetricsEndpoint {

    static final String PATH = "/actuator/prometheus";

    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final RestGate gate;
    private final PrometheusMeterRegistry registry;
    private final StoreLag lag;
    private final JvmGcMetrics collections = new JvmGcMetrics();

    MetricsEndpoint(RestGate gate, PrometheusMeterRegistry registry, StoreLag lag) {
        this.gate = gate;
        this.registry = registry;
        this.lag = lag;
        bindMachine(registry);
    }

    private void bindMachine(MeterRegistry target) {
        collections.bindTo(target);
        new JvmMemoryMetrics().bindTo(target);
        new JvmThreadMetrics().bindTo(target);
        new ClassLoaderMetrics().bindTo(target);
        new ProcessorMetrics().bindTo(target);
        new FileDescriptorMetrics().bindTo(target);
        new UptimeMetrics().bindTo(target);
    }

    @GetMapping(PATH)
    ResponseEntity<?> scrape(HttpServletRequest request) {
        return gate.run(request, "GetMetrics", "metrics", call -> {
            lag.sample();
            String accepted = Objects.requireNonNullElse(request.getHeader(HttpHeaders.ACCEPT), "");
            String format = accepted.contains("application/openmetrics-text") ? OPEN_METRICS : PLAIN;
            return ResponseEntity.ok().header(HttpHeaders.CONTENT_TYPE, format).body(registry.scrape(format));
        });
    }

    @PreDestroy
    void close() {
        collections.close();
    }
}
