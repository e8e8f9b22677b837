package dev.keyledger.api.rest;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Takes every {@code OPTIONS} for an endpoint before the framework does, which would answer it by itself, as it would what browsers ask first,
 * and leave no record.
 */
@Component
class OptionsMapping implements HandlerMapping, Ordered {

    private final HttpRequestHandler refusal;

    OptionsMapping(RestFallback fallback) {
        this.refusal = fallback::refuseMethod;
    }

    @Override
    public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) {
        return request.getMethod().equals("OPTIONS") && RestFallback.isForEndpoints(request)
                ? new HandlerExecutionChain(refusal)
                : null;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
