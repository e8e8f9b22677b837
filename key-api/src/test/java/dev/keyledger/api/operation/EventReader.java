package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the stream of events, which reads what a browser reads: blocks of lines up to an empty one. */
final class EventReader implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final InputStream stream;
    private final BufferedReader lines;
    private @Nullable String lastEventId;

    private EventReader(InputStream stream) {
        this.stream = stream;
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** An event as it came over the stream. */
    record Told(String id, JsonNode event) {

        String type() {
            return event.path("type").stringValue();
        }

        String subject() {
            return event.path("subject").stringValue();
        }
    }

    /** Begins a stream as the path says. */
    static EventReader open(TestNode node, String path) {
        return open(node, path, null);
    }

    /** Goes on behind an event. */
    static EventReader open(TestNode node, String path, @Nullable String lastEventId) {
        HttpResponse<InputStream> response =
                answer(node, path, lastEventId, TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        return new EventReader(response.body());
    }

    /** Begins a stream for whoever has this access key. */
    static EventReader open(TestNode node, String path, String accessKeyId, String secret) {
        HttpResponse<InputStream> response = answer(node, path, null, accessKeyId, secret);
        assertThat(response.statusCode()).isEqualTo(200);
        return new EventReader(response.body());
    }

    /** The head of the answer, and the body to be read or closed. */
    static HttpResponse<InputStream> answer(
            TestNode node, String path, @Nullable String lastEventId, String accessKeyId, String secret) {
        String login =
                Base64.getEncoder().encodeToString((accessKeyId + ":" + secret).getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(node.baseUri() + path)).header("Authorization", "Basic " + login);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** The next block that is an event; null at the end of the stream. */
    @Nullable
    Told next() {
        String data = null;
        String id = lastEventId;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    lastEventId = id;
                    if (data != null && id != null) {
                        return new Told(id, JsonMapper.shared().readTree(data));
                    }
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    assertThat(data).as("one line of data").isNull();
                    data = line.substring(6);
                }
            }
        } catch (IOException cut) {
            return null;
        }
        return null;
    }

    /** The position of the next block, be it an event or not. */
    String nextPosition() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    lastEventId = line.substring(4);
                    return lastEventId;
                }
            }
        } catch (IOException cut) {
            throw new UncheckedIOException(cut);
        }
        throw new AssertionError("the stream ended");
    }

    /** So many events. */
    List<Told> next(int count) {
        List<Told> told = new ArrayList<>();
        while (told.size() < count) {
            Told next = next();
            assertThat(next).as("event %d of %d", told.size() + 1, count).isNotNull();
            told.add(next);
        }
        return told;
    }

    /** What a browser would come back with. */
    @Nullable
    String lastEventId() {
        return lastEventId;
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
