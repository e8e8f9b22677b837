package dev.keyledger.api.rest;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;

/**
 * What no endpoint under {@code /v1} takes, or what the framework refuses before one is reached: it is authenticated, recorded and answered
 * with a problem document all the same.
 */
@Component
class RestFallback implements HttpRequestHandler, HandlerExceptionResolver, Ordered {

    /** Name in the audit record of a request that reached no endpoint. */
    static final String ACTION = "Unknown";

    private final RestGate gate;
    private final JsonMapper json = JsonMapper.builder().build();

    RestFallback(RestGate gate) {
        this.gate = gate;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
        write(response, refused(request, call -> {
            throw Refusal.of(ErrorCode.ACTION_NOT_FOUND);
        }));
    }

    /** Answers a method that no endpoint has. */
    void refuseMethod(HttpServletRequest request, HttpServletResponse response) {
        write(response, refused(request, call -> {
            throw Refusal.of(ErrorCode.UNSUPPORTED_HTTP_METHOD);
        }));
    }

    /** Whether the request is one of those that the gate answers, and not the vendor's protocol or a probe. */
    static boolean isForEndpoints(HttpServletRequest request) {
        String path = request.getServletPath();
        return path.equals("/v1") || path.startsWith("/v1/") || path.equals("/actuator/prometheus");
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!isForEndpoints(request)) {
            return null;
        }
        if (response.isCommitted()) {
            // Part of an answer is out. Left to the web server, which breaks the connection: an end would look like the
            // whole.
            return null;
        }
        String recordedAs = RestGate.passedAs(request);
        if (recordedAs != null) {
            write(response, unwritable(recordedAs));
        } else {
            write(response, refused(request, call -> {
                if (failure instanceof HttpRequestMethodNotSupportedException) {
                    throw Refusal.of(ErrorCode.UNSUPPORTED_HTTP_METHOD);
                }
                throw failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
            }));
        }
        return new ModelAndView();
    }

    private ResponseEntity<?> refused(HttpServletRequest request, Function<RestCall, ResponseEntity<?>> refusal) {
        return gate.run(request, ACTION, "*", refusal);
    }

    /** The endpoint did its work and left its record; only its answer could not be written. */
    private static ResponseEntity<?> unwritable(String requestId) {
        Refusal refusal = Refusal.of(ErrorCode.INTERNAL_FAILURE);
        int status = HttpStatus.INTERNAL_SERVER_ERROR.value();
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(Problem.of(refusal, status, refusal.clientMessage(), requestId));
    }

    private void write(HttpServletResponse response, ResponseEntity<?> answer) {
        if (response.isCommitted()) {
            return;
        }
        response.reset();
        response.setStatus(answer.getStatusCode().value());
        answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        try {
            response.getOutputStream().write(json.writeValueAsBytes(answer.getBody()));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
