package dev.keyledger.api.rest;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The state of the node and its store in detail: what a probe without credentials is not told. A hold on destruction, the test clock and
 * tables that are not append-only by privilege show here.
 */
@RestController
class HealthReportEndpoint {

    private final RestGate gate;
    private final HealthEndpoint health;

    HealthReportEndpoint(RestGate gate, HealthEndpoint health) {
        this.gate = gate;
        this.health = health;
    }

    /** 200 if the node can serve, 503 with the same body if not. */
    @GetMapping("/v1/health")
    ResponseEntity<?> read(HttpServletRequest request) {
        return gate.run(request, "GetHealth", "health", call -> {
            HealthDescriptor report = health.health();
            return ResponseEntity.status(
                            Status.UP.equals(report.getStatus()) ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                    .body(report);
        });
    }
}
