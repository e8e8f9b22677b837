package dev.keyledger.api.operation;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.auth.V1Signature;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** A client of the protocol that shows what it gets and signs whatever it is given. */
final class Kms {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI url;

    Kms(TestNode node) {
        url = node.baseUri().resolve("/");
    }

    /** Calls an operation; parameters as name, value, name, value. */
    Reply call(String action, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return call(action, parameters);
    }

    /** Calls an operation. */
    Reply call(String action, Map<String, String> parameters) {
        return send(action, signed(action, parameters));
    }

    /** A signed request with a fresh nonce, to be sent once or more. */
    static Map<String, String> signed(String action, Map<String, String> parameters) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.put("Action", action);
        all.put("Version", "2016-01-20");
        all.put("Format", "JSON");
        all.put("AccessKeyId", TestNode.ACCESS_KEY_ID);
        all.put("SignatureMethod", "HMAC-SHA1");
        all.put("SignatureVersion", "1.0");
        all.put("SignatureNonce", UUID.randomUUID().toString());
        all.put("Timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        try (SecretBytes secret = SecretBytes.copyOf(TestNode.ACCESS_KEY_SECRET.getBytes(StandardCharsets.UTF_8))) {
            all.put(
                    "Signature",
                    V1Signature.sign(V1Signature.Algorithm.HMAC_SHA1, secret, V1Signature.stringToSign("POST", all)));
        }
        return all;
    }

    /** Sends parameters as they are; further headers as name, value. */
    Reply send(String action, Map<String, String> parameters, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("User-Agent", "operation-test")
                .POST(HttpRequest.BodyPublishers.ofString(form(parameters)));
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Reply(action, response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static String form(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> URLEncoder.encode(pair.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(pair.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
