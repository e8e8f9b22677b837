package dev.keyledger.api.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Function;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * What every endpoint under {@code /v1} goes through: authentication, authorisation, one audit record before the answer leaves, problem
 * details for every error (RFC 9457). Thread-safe.
 *
 * <pre>{@code
 * @PostMapping("/v1/clock")
 * ResponseEntity<?> advance(HttpServletRequest request) {
 *     return gate.run(request, "AdvanceClock", "clock", call -> ResponseEntity.ok(advanced(call)));
 * }
 * }</pre>
 *
 * <p>The gate reads the body itself, since the signature covers its very bytes: an endpoint takes no {@code @RequestBody} and asks {@link
 * RestCall#json()}.
 */
@Component
public class RestGate {

    /**
     * Runs one request.
     *
     * @param action name of the act in the audit record and for the authoriser, for example {@code AdvanceClock}
     * @param resource what is acted on, for the authoriser; {@code *} if there is no single resource
     * @param endpoint does it; a {@link dev.keyledger.refusal.Refusal} becomes a problem document
     * @return the endpoint's answer, or a problem document
     */
    public ResponseEntity<?> run(
            HttpServletRequest request,
            String action,
            String resource,
            Function<RestCall, ? extends ResponseEntity<?>> endpoint) {
        throw new UnsupportedOperationException("not built yet");
    }
}
