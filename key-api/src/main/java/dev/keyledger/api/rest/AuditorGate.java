package dev.keyledger.api.rest;

import dev.keyledger.api.auth.AuditorRole;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.function.BiFunction;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** The gate of endpoints for auditors: as {@link RestGate}, and the caller must be one before the request's parameters are looked at. */
@Component
public class AuditorGate {

    private final RestGate gate;
    private final AuditorRole auditors;

    AuditorGate(RestGate gate, AuditorRole auditors) {
        this.gate = gate;
        this.auditors = auditors;
    }

    /**
     * Runs one request.
     *
     * @param parameters names of the query parameters that the endpoint has
     */
    public ResponseEntity<?> run(
            HttpServletRequest request,
            String action,
            String resource,
            Collection<String> parameters,
            BiFunction<RestCall, QueryParameters, ? extends ResponseEntity<?>> endpoint) {
        return gate.run(request, action, resource, call -> {
            auditors.require(call.caller(), action);
            return endpoint.apply(call, QueryParameters.of(call, parameters));
        });
    }
}
