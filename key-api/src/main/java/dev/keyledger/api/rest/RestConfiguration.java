package dev.keyledger.api.rest;

import dev.keyledger.api.auth.Authenticator;
import dev.keyledger.api.auth.ClientAddress;
import dev.keyledger.api.auth.RestAuthentication;
import java.util.Map;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Puts the authentication of {@code /v1} together and catches what no endpoint takes. */
@Configuration(proxyBeanMethods = false)
class RestConfiguration {

    /** After the controllers, before what answers every other unknown path. */
    private static final int AFTER_CONTROLLERS = 50;

    @Bean
    RestAuthentication restAuthentication(Authenticator authenticator, ClientAddress clientAddress) {
        return new RestAuthentication(authenticator, clientAddress);
    }

    /** The framework would put it before every request, uses of keys included; controllers have what it gives without it. */
    @Bean
    FilterRegistrationBean<RequestContextFilter> requestContextFilter() {
        FilterRegistrationBean<RequestContextFilter> registration =
                new FilterRegistrationBean<>(new RequestContextFilter());
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    SimpleUrlHandlerMapping unknownEndpoints(RestFallback fallback) {
        SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(Map.of("/v1", fallback, "/v1/**", fallback));
        mapping.setOrder(AFTER_CONTROLLERS);
        return mapping;
    }
}
