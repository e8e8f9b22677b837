package dev.keyledger.api.cli;

import dev.keyledger.api.auth.Acs3Signature;
import dev.keyledger.api.auth.PercentEncoding;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** A server's HTTP API, each request signed by version 3. Belongs to one thread. */
final class ServerClient implements AutoCloseable {

    private static final String API_VERSION = "2016-01-20";
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http;
    private final URI server;
    private final String accessKeyId;
    private final SecretBytes secret;
    private final Duration patience;

    /**
     * @param server scheme, host and port
     * @param secret the client's from now on
     * @param trusted certificates in PEM; null for the platform's
     * @throws IOException if the certificates cannot be read
     */
    ServerClient(URI server, String accessKeyId, SecretBytes secret, @Nullable Path trusted, Duration patience)
            throws IOException {
        this.server = server;
        this.accessKeyId = accessKeyId;
        this.secret = secret;
        this.patience = patience;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_PATIENCE);
        if (trusted != null) {
            builder.sslContext(trusting(trusted));
        }
        this.http = builder.build();
    }

    private static SSLContext trusting(Path pem) throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException malformed) {
            throw new IOException("not certificates in PEM", malformed);
        }
    }

    /**
     * Calls an operation of the vendor's API.
     *
     * @throws ServerRefusal if the answer is an error
     * @throws NoAnswerException if there is none
     */
    JsonNode call(String action, Map<String, String> parameters) {
        Map<String, String> headers = new TreeMap<>();
        headers.put(Acs3Signature.ACTION, action);
        headers.put(Acs3Signature.VERSION, API_VERSION);
        headers.put("content-type", "application/x-www-form-urlencoded");
        String form = PercentEncoding.canonicalQuery(parameters);
        return send("POST", "/", Map.of(), headers, form.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Asks an endpoint of the service's own API.
     *
     * @param path encoded, from {@code /v1} on
     * @param query decoded parameters
     * @param body members of the JSON object to send; null for no body
     * @throws ServerRefusal if the answer is an error
     * @throws NoAnswerException if there is none
     */
    JsonNode ask(String method, String path, Map<String, String> query, @Nullable Map<String, ?> body) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("accept", "application/json");
        if (body != null) {
            headers.put("content-type", "application/json");
        }
        return send(method, path, query, headers, body == null ? new byte[0] : JSON.writeValueAsBytes(body));
    }

    /**
     * Gets what is not JSON, whole.
     *
     * @param path encoded, from {@code /v1} on
     */
    byte[] bytes(String path) {
        HttpResponse<byte[]> response =
                exchange(request("GET", path, Map.of(), new TreeMap<>(), new byte[0]), BodyHandlers.ofByteArray());
        refuseErrors(response.statusCode(), response, response.body());
        return response.body();
    }

    /**
     * Gets a stream of text and passes it on as it comes.
     *
     * @param accept its media type
     */
    void stream(String path, Map<String, String> query, String accept, Writer out) {
        Map<String, String> headers = new TreeMap<>(Map.of("accept", accept));
        HttpResponse<InputStream> response =
                exchange(request("GET", path, query, headers, new byte[0]), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() / 100 != 2) {
                refuseErrors(response.statusCode(), response, body.readAllBytes());
            }
            var unused = new InputStreamReader(body, StandardCharsets.UTF_8).transferTo(out);
        } catch (IOException broken) {
            throw new NoAnswerException("the answer of " + server + " broke off", broken);
        }
    }

    /**
     * Opens a stream of server-sent events; whoever asks for it closes it.
     *
     * @param lastEventId where to go on; null to begin as the query says
     */
    InputStream events(String path, Map<String, String> query, @Nullable String lastEventId) {
        Map<String, String> headers = new TreeMap<>(Map.of("accept", "text/event-stream"));
        if (lastEventId != null) {
            headers.put("last-event-id", lastEventId);
        }
        HttpResponse<InputStream> response =
                exchange(request("GET", path, query, headers, new byte[0]), BodyHandlers.ofInputStream());
        if (response.statusCode() / 100 != 2) {
            try (InputStream body = response.body()) {
                refuseErrors(response.statusCode(), response, body.readAllBytes());
            } catch (IOException broken) {
                throw new NoAnswerException("the answer of " + server + " broke off", broken);
            }
        }
        return response.body();
    }

    /** An answer in JSON, and the address of the next one; empty if there is none. */
    record Page(JsonNode body, String next) {}

    /** Gets a page of a collection whose pages name the next one in a header. */
    Page page(String path, Map<String, String> query) {
        Map<String, String> headers = new TreeMap<>();
        HttpResponse<byte[]> response =
                exchange(request("GET", path, query, headers, new byte[0]), BodyHandlers.ofByteArray());
        refuseErrors(response.statusCode(), response, response.body());
        return new Page(
                json(response.statusCode(), response.body()),
                response.headers().firstValue("link").orElse(""));
    }

    private JsonNode send(
            String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
        HttpResponse<byte[]> response =
                exchange(request(method, path, query, headers, body), BodyHandlers.ofByteArray());
        refuseErrors(response.statusCode(), response, response.body());
        return json(response.statusCode(), response.body());
    }

    private HttpRequest request(
            String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
        String target = query.isEmpty() ? path : path + "?" + PercentEncoding.canonicalQuery(query);
        String hash = SignedRequest.hash(body);
        headers.put(
                Acs3Signature.DATE,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        headers.put(Acs3Signature.NONCE, UUID.randomUUID().toString());
        headers.put(Acs3Signature.CONTENT_HASH, hash);
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(target))
                .timeout(patience)
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        Map<String, String> signed = new TreeMap<>(headers);
        // The client library sends this one by itself.
        signed.put("host", host());
        SignedRequest toSign = new SignedRequest(method, path, query, Map.of(), name -> values(signed, name), hash);
        request.header("authorization", Acs3Signature.authorization(secret, accessKeyId, toSign, signed.keySet()));
        return request.build();
    }

    private static List<String> values(Map<String, String> headers, String name) {
        String value = headers.get(name.toLowerCase(Locale.ROOT));
        return value == null ? List.of() : List.of(value);
    }

    private String host() {
        int standard = "https".equals(server.getScheme()) ? 443 : 80;
        return server.getPort() < 0 || server.getPort() == standard
                ? server.getHost()
                : server.getHost() + ":" + server.getPort();
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException failed) {
            String why = failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
            throw new NoAnswerException("no answer from " + server + ": " + why, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException("interrupted while waiting for " + server, interrupted);
        }
    }

    private void refuseErrors(int status, HttpResponse<?> response, byte[] body) {
        if (status / 100 != 2) {
            JsonNode problem = json(status, body);
            throw new ServerRefusal(
                    status,
                    text(problem, "Code", "code"),
                    text(problem, "Message", "detail"),
                    response.headers().firstValue("x-acs-request-id").orElse(""));
        }
    }

    private JsonNode json(int status, byte[] body) {
        if (body.length == 0) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException malformed) {
            throw new NoAnswerException(
                    "what answers at " + server + " (HTTP status " + status + ") is no Keyledger", malformed);
        }
    }

    /** The first member that is there: the vendor's API and problem details name them differently. */
    private static String text(JsonNode body, String vendors, String ours) {
        return body.path(vendors).asString(body.path(ours).asString(""));
    }

    @Override
    public void close() {
        secret.close();
    }
}
