package dev.keyledger.api.metrics;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.keyledger.api.adapter.journal.JournalConnections;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The one registry of a node. The framework's own metrics are left out: they time every request a second time, under labels that a client
 * can choose.
 */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {

    @Bean
    PrometheusMeterRegistry meterRegistry() {
        return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    /** Every pool of this node tells how much of it is in use. */
    @Bean
    PoolMetrics poolMetrics(
            MeterRegistry registry,
            ObjectProvider<HikariDataSource> pools,
            ObjectProvider<JournalConnections> journal) {
        MicrometerMetricsTrackerFactory trackers = new MicrometerMetricsTrackerFactory(registry);
        pools.forEach(pool -> pool.setMetricsTrackerFactory(trackers));
        journal.forEach(connections -> connections.dataSource().setMetricsTrackerFactory(trackers));
        return new PoolMetrics();
    }

    /** Says that the pools are being watched. */
    static final class PoolMetrics {}
}
