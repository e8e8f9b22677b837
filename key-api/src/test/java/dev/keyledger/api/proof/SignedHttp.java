package dev.keyledger.api.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The protocol by hand, signature V1 as the vendor's page "Signature" describes it, for what a stock client hides: the exact bytes of an
 * answer, and many requests at once.
 */
final class SignedHttp implements KmsClient {

    /** How long anybody waits for an answer unless told otherwise. */
    static final Duration TIME_LIMIT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final URI url;
    private final AccessKeyPair accessKey;
    private final Duration patience;

    SignedHttp(KeyledgerProcess node) {
        this(node.url(), node.accessKey());
    }

    SignedHttp(URI url, AccessKeyPair accessKey) {
        this(url, accessKey, TIME_LIMIT);
    }

    /** A client that gives a request up after a time. */
    SignedHttp(URI url, AccessKeyPair accessKey, Duration patience) {
        this.url = url.resolve("/");
        this.accessKey = accessKey;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    /**
     * Status and body exactly as they came.
     *
     * @param status HTTP status
     * @param body body as text
     */
    record Raw(int status, String body) {}

    @Override
    public Answer call(String action, Map<String, String> parameters) {
        return answer(action, send(action, parameters));
    }

    /** What a client of JSON makes of a raw answer. */
    static Answer answer(String action, Raw raw) {
        Map<String, Object> body = Json.object(raw.body);
        return raw.status == 200
                ? Answer.success(action, body)
                : Answer.refusal(action, String.valueOf(body.get("Code")), body);
    }

    /** Sends one request and returns the bytes of its answer. */
    Raw send(String action, Map<String, String> parameters) {
        try {
            return sendOrFail(action, parameters);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /**
     * Sends one request and returns the bytes of its answer.
     *
     * @throws IOException when no complete answer came, so that nobody knows whether the request was carried out
     */
    Raw sendOrFail(String action, Map<String, String> parameters) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(patience)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form(signed(action, parameters))))
                .build();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Raw(response.statusCode(), response.body());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private Map<String, String> signed(String action, Map<String, String> parameters) {
        TreeMap<String, String> all = new TreeMap<>(parameters);
        all.put("Action", action);
        all.put("Version", "2016-01-20");
        all.put("Format", "JSON");
        all.put("AccessKeyId", accessKey.id());
        all.put("SignatureMethod", "HMAC-SHA1");
        all.put("SignatureVersion", "1.0");
        all.put("SignatureNonce", UUID.randomUUID().toString());
        all.put("Timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        String stringToSign = "POST&%2F&" + encoded(form(all));
        all.put("Signature", hmacSha1(accessKey.secret() + "&", stringToSign));
        return all;
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String hmacSha1(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public String library() {
        return "plain HTTP";
    }
}
