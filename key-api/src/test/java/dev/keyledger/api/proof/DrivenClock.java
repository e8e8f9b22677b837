package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** The drivable clock of a store made with {@code KEYLEDGER_TEST_CLOCK=true}, as a user's own tests would drive it. */
final class DrivenClock {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final String authorization;

    DrivenClock(KeyledgerProcess node) {
        this(node.url(), node.accessKey());
    }

    DrivenClock(URI node, AccessKeyPair key) {
        this.url = node.resolve("/v1/clock");
        this.authorization = "Basic "
                + Base64.getEncoder().encodeToString((key.id() + ":" + key.secret()).getBytes(StandardCharsets.UTF_8));
    }

    /** Store time. */
    Instant now() {
        return Instant.parse(String.valueOf(read(request().GET().build()).get("now")));
    }

    /** Moves store time forward and returns what it is then. */
    Instant advance(Duration duration) {
        Map<String, Object> answer = read(request()
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.write(Map.of("advance", duration.toString()))))
                .build());
        return Instant.parse(String.valueOf(answer.get("now")));
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(url)
                .header("Authorization", authorization)
                .timeout(Duration.ofSeconds(30));
    }

    private Map<String, Object> read(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return Json.object(response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
