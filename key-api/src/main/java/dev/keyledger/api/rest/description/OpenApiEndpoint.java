package dev.keyledger.api.rest.description;

import dev.keyledger.api.rest.RestGate;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/openapi.json}: what there is under {@code /v1}, OpenAPI 3.1. */
@RestController
class OpenApiEndpoint {

    private static final String DOCUMENT = "openapi.json";

    private final RestGate gate;
    private final byte[] document;

    OpenApiEndpoint(RestGate gate) {
        this.gate = gate;
        this.document = read();
    }

    @GetMapping("/v1/openapi.json")
    ResponseEntity<?> read(HttpServletRequest request) {
        return gate.run(
                request,
                "GetOpenApi",
                "openapi",
                call -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(document));
    }

    private static byte[] read() {
        try (InputStream in = OpenApiEndpoint.class.getResourceAsStream(DOCUMENT)) {
            if (in == null) {
                throw new IllegalStateException(DOCUMENT + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
