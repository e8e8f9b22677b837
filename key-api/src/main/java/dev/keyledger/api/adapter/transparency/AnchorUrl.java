package dev.keyledger.api.adapter.transparency;

import dev.keyledger.evidence.note.SignedNote;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * A receiver that takes each checkpoint as the body of a {@code POST} and answers with a status of 2xx once it keeps it (ADR 0016). It may get
 * one twice. Redirects are not followed.
 */
final class AnchorUrl implements Anchor {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private static final int SUCCESS = 2;
    private static final int HUNDRED = 100;

    private final URI url;
    private final HttpClient http;

    AnchorUrl(URI url) {
        this.url = url;
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    @Override
    public String kind() {
        return "http";
    }

    @Override
    public boolean canBeRead() {
        return false;
    }

    @Override
    public Optional<SignedHead> last() {
        return Optional.empty();
    }

    @Override
    public void append(SignedNote checkpoint) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(ANSWER)
                .header("Content-Type", "text/plain; charset=utf-8")
                .header("User-Agent", "keyledger")
                .POST(HttpRequest.BodyPublishers.ofByteArray(checkpoint.bytes()))
                .build();
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / HUNDRED != SUCCESS) {
            throw new IOException("answered " + status);
        }
    }

    @Override
    public String toString() {
        return "AnchorUrl[" + url.getScheme() + "://" + url.getAuthority() + "]";
    }
}
