package dev.keyledger.api.protocol;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.auth.AccessKeys;
import dev.keyledger.api.auth.Authenticator;
import dev.keyledger.api.auth.Authoriser;
import dev.keyledger.api.auth.ClientAddress;
import dev.keyledger.api.auth.RequestTimes;
import dev.keyledger.api.limits.Admission;
import dev.keyledger.api.metrics.RequestMetrics;
import dev.keyledger.api.quarantine.Quarantine;
import dev.keyledger.api.startup.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Puts the protocol together and on the web server. */
@Configuration(proxyBeanMethods = false)
class ProtocolConfiguration {

    /** After the controllers under {@code /v1} and the actuator, before the framework's own answers for unknown paths. */
    private static final int AFTER_CONTROLLERS = 100;

    @Bean
    OperationRegistry operationRegistry(ObjectProvider<Operation> operations) {
        return new OperationRegistry(operations.orderedStream().toList());
    }

    @Bean
    ClientAddress clientAddress(Settings settings) {
        return new ClientAddress(settings.trustedProxies());
    }

    @Bean
    Authenticator authenticator(AccessKeys accessKeys, RequestTimes times, Settings settings, SecureRandom random) {
        return new Authenticator(accessKeys, times, settings.requireNonce(), random);
    }

    @Bean
    RequestMetrics requestMetrics(MeterRegistry registry, OperationRegistry operations) {
        return new RequestMetrics(registry, operations.names());
    }

    @Bean
    Dispatcher dispatcher(
            OperationRegistry operations,
            Authenticator authenticator,
            Authoriser authoriser,
            Audit audit,
            ResponseEncoder encoder,
            ClientAddress clientAddress,
            Admission admission,
            Quarantine quarantine,
            RequestMetrics metrics) {
        return new Dispatcher(
                operations, authenticator, authoriser, audit, encoder, clientAddress, admission, quarantine, metrics);
    }

    /** The empty pattern is exactly the path {@code /}. */
    @Bean
    ServletRegistrationBean<ProtocolServlet> protocolServlet(Dispatcher dispatcher) {
        ServletRegistrationBean<ProtocolServlet> registration =
                new ServletRegistrationBean<>(new ProtocolServlet(dispatcher), "");
        registration.setName("protocol");
        registration.setLoadOnStartup(1);
        return registration;
    }

    /** Paths that nobody serves get the protocol's answer and their audit record as well. */
    @Bean
    SimpleUrlHandlerMapping unknownPaths(Dispatcher dispatcher) {
        HttpRequestHandler handler = dispatcher::handle;
        SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(Map.of("/**", handler));
        mapping.setOrder(AFTER_CONTROLLERS);
        return mapping;
    }
}
