package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.clock.DestructionHolds;
import dev.keyledger.api.adapter.timer.UpkeepRunner;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/destruction-hold}: shows whether destruction waits for an operator, and lets it go on. */
@RestController
class DestructionHoldEndpoint {

    private static final String RESOURCE = "destruction-hold";

    private final RestGate gate;
    private final AuditedChanges changes;
    private final DestructionHolds holds;
    private final UpkeepRunner upkeep;

    DestructionHoldEndpoint(RestGate gate, AuditedChanges changes, DestructionHolds holds, UpkeepRunner upkeep) {
        this.gate = gate;
        this.changes = changes;
        this.holds = holds;
        this.upkeep = upkeep;
    }

    @GetMapping("/v1/destruction-hold")
    ResponseEntity<?> read(HttpServletRequest request) {
        return gate.run(
                request,
                "GetDestructionHold",
                RESOURCE,
                call -> ResponseEntity.ok(holds.current()
                        .map(hold -> Map.<String, Object>of(
                                "held", true,
                                "cause", hold.cause(),
                                "detail", hold.detail(),
                                "since", hold.heldAt().toString(),
                                "node", hold.node()))
                        .orElseGet(() -> Map.of("held", false))));
    }

    /** Idempotent: the answer tells whether there was a hold to release. */
    @PostMapping("/v1/destruction-hold/release")
    ResponseEntity<?> release(HttpServletRequest request) {
        return gate.run(request, "ReleaseDestructionHold", RESOURCE, call -> {
            boolean released =
                    changes.make(call, () -> holds.release(call.caller().principal()));
            if (released) {
                upkeep.lookAgain();
            }
            return ResponseEntity.ok(Map.of("released", released));
        });
    }
}
