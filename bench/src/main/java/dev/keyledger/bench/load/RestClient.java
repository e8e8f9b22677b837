package dev.keyledger.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Reads and changes what is under {@code /v1}, one request after another, with the access key by HTTP basic. */
public final class RestClient {

    private final Endpoint endpoint;
    private final String authorization;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A client of one node. */
    public RestClient(Endpoint endpoint, AccessKeyPair accessKey) {
        this.endpoint = endpoint;
        this.authorization = "Basic "
                + Base64.getEncoder()
                        .encodeToString(
                                (accessKey.id() + ":" + accessKey.secret()).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads an answer.
     *
     * @throws IllegalStateException if it is not a success
     */
    public String get(String path) {
        return ask(path, "application/json", BodyHandlers.ofString());
    }

    /** Reads a stream of lines to its end and counts them. */
    public long lines(String path) {
        long lines = 0;
        byte[] part = new byte[1 << 16];
        try (InputStream in = ask(path, "application/x-ndjson", BodyHandlers.ofInputStream())) {
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                for (int i = 0; i < length; i++) {
                    if (part[i] == '\n') {
                        lines++;
                    }
                }
            }
            return lines;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /**
     * Changes something.
     *
     * @throws IllegalStateException if the answer is not a success
     */
    public String send(String method, String path, String json) {
        return exchange(
                path,
                request(path)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private <T> T ask(String path, String accept, BodyHandler<T> body) {
        return exchange(path, request(path).header("Accept", accept).build(), body);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + endpoint.authority() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization);
    }

    private <T> T exchange(String path, HttpRequest request, BodyHandler<T> body) {
        try {
            HttpResponse<T> answer = http.send(request, body);
            if (answer.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + ": " + answer.statusCode());
            }
            return answer.body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking", stopped);
        }
    }
}
