package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.clock.TestClock;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/clock}: reads and advances the drivable clock. There is none, and the answer is 404, unless the store was made with it.
 */
@RestController
class ClockEndpoint {

    /** A hundred years: far beyond every period of the service, and still an ordinary date. */
    private static final Duration FARTHEST = Duration.ofDays(36_500);

    private static final String ADVANCE = "advance";

    private final RestGate gate;
    private final AuditedChanges changes;
    private final TestClock clock;
    private final StoreIdentity store;

    ClockEndpoint(RestGate gate, AuditedChanges changes, TestClock clock, StoreIdentity store) {
        this.gate = gate;
        this.changes = changes;
        this.clock = clock;
        this.store = store;
    }

    @GetMapping("/v1/clock")
    ResponseEntity<?> read(HttpServletRequest request) {
        return gate.run(request, "GetClock", "clock", call -> {
            requireTestClock();
            return ResponseEntity.ok(body(clock.read()));
        });
    }

    @PostMapping("/v1/clock")
    ResponseEntity<?> advance(HttpServletRequest request) {
        return gate.run(request, "AdvanceClock", "clock", call -> {
            requireTestClock();
            Duration duration = duration(call.json());
            call.audit().internalReason("advanced by " + duration);
            TestClock.Reading advanced = changes.make(call, () -> {
                clock.advance(duration);
                TestClock.Reading reading = clock.read();
                if (reading.offset().compareTo(FARTHEST) > 0) {
                    throw Refusal.of(ErrorCode.INVALID_PARAMETER, ADVANCE).because("farther than " + FARTHEST);
                }
                return reading;
            });
            clock.refresh();
            return ResponseEntity.ok(body(advanced));
        });
    }

    private void requireTestClock() {
        if (!store.testClock()) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND).because("the store was made without the test clock");
        }
    }

    private static Map<String, String> body(TestClock.Reading reading) {
        return Map.of(
                "now", reading.now().toString(), "offset", reading.offset().toString());
    }

    /** An ISO 8601 duration of days, hours, minutes and seconds, such as {@code P8D} or {@code PT36H}, of at least a millisecond. */
    static Duration duration(JsonNode body) {
        JsonNode text = body.path(ADVANCE);
        if (text.isMissingNode()) {
            throw Refusal.of(ErrorCode.MISSING_PARAMETER, ADVANCE);
        }
        try {
            // A sign anywhere is refused: parts that go backward add up to nothing anybody means.
            if (text.isString() && text.stringValue().matches("P[0-9DTHMS.]+")) {
                Duration duration = Duration.parse(text.stringValue());
                if (duration.toMillis() >= 1 && duration.compareTo(FARTHEST) <= 0) {
                    return duration;
                }
            }
        } catch (DateTimeParseException | ArithmeticException notADuration) {
            // Falls through to the one refusal for everything that is not an advance.
        }
        throw Refusal.of(ErrorCode.INVALID_PARAMETER, ADVANCE);
    }
}
