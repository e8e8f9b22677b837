package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of {@code /v1} with basic authentication. */
final class Rest {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI url;
    private final String login;

    Rest(TestNode node) {
        this(node, TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
    }

    Rest(TestNode node, String accessKeyId, String secret) {
        url = node.baseUri();
        login = Base64.getEncoder().encodeToString((accessKeyId + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What came back.
     *
     * @param text the body as it is
     */
    record Answer(int status, Map<String, List<String>> headers, String text) {

        JsonNode json() {
            return JSON.readTree(text);
        }

        /** This answer, which must be a success. */
        Answer ok() {
            assertThat(status).as(text).isEqualTo(200);
            return this;
        }

        /** Checks a problem document; its detail must say so much. */
        Answer refused(int expectedStatus, String code, String detail) {
            assertThat(status).as(text).isEqualTo(expectedStatus);
            assertThat(header("content-type")).isEqualTo("application/problem+json");
            assertThat(json().path("code").stringValue()).isEqualTo(code);
            assertThat(json().path("detail").stringValue()).contains(detail);
            return this;
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }

        UUID requestId() {
            return UUID.fromString(header("x-acs-request-id"));
        }
    }

    /** Query parameters as name, value, name, value. */
    static String query(String path, String... namesAndValues) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            pairs.add(namesAndValues[i] + "=" + URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        return path + pairs.stream().collect(Collectors.joining("&", path.contains("?") ? "&" : "?", ""));
    }

    /** Gets a path; headers as name, value. */
    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Basic " + login)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(60));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Waits until everything that was answered so far has its place in the log. */
    void settle() {
        Answer last = get("/v1/clock");
        String path = query("/v1/audit/records", "requestId", last.requestId().toString());
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (get(path).ok().json().path("records").isEmpty()) {
            assertThat(System.nanoTime()).as("the log goes on").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
