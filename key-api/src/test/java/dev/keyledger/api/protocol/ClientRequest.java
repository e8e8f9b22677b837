package dev.keyledger.api.protocol;

import dev.keyledger.api.auth.Acs3Signature;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.api.auth.V1Signature;
import dev.keyledger.material.SecretBytes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Writes requests as the vendor's clients do. */
public final class ClientRequest {

    private String secret = MemoryAccessKeys.SECRET;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private ClientRequest() {}

    /** A parameter-signed request with a fresh nonce. */
    static ClientRequest v1(String action) {
        return new ClientRequest()
                .with("Action", action)
                .with("Version", "2016-01-20")
                .with("Format", "JSON")
                .with("AccessKeyId", "testAccessKeyId")
                .with("SignatureMethod", "HMAC-SHA1")
                .with("SignatureVersion", "1.0")
                .with("SignatureNonce", UUID.randomUUID().toString())
                .with("Timestamp", "2018-03-30T08:15:30Z");
    }

    ClientRequest with(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /** Sent by another access key and now. */
    ClientRequest by(String accessKeyId, String accessKeySecret) {
        secret = accessKeySecret;
        return with("AccessKeyId", accessKeyId)
                .with("Timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    ClientRequest without(String name) {
        parameters.remove(name);
        return this;
    }

    /** Signs for the method; later changes are not covered. */
    ClientRequest signed(String method) {
        V1Signature.Algorithm algorithm =
                V1Signature.Algorithm.named(parameters.get("SignatureMethod")).orElse(V1Signature.Algorithm.HMAC_SHA1);
        return with("Signature", V1Signature.sign(algorithm, secret(secret), stringToSign(method)));
    }

    String stringToSign(String method) {
        return V1Signature.stringToSign(method, parameters);
    }

    /** As the client signs that leaves empty values out. */
    ClientRequest signedWithoutEmpty(String method) {
        String stringToSign = V1Signature.stringToSignWithoutEmpty(method, parameters);
        return with("Signature", V1Signature.sign(V1Signature.Algorithm.HMAC_SHA1, secret(secret), stringToSign));
    }

    String form() {
        return form(parameters);
    }

    /** GET with everything in the query. */
    String get(String... headers) {
        return "GET /?" + form() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines(headers) + "\r\n";
    }

    /** POST with everything in the query and no body, no length and no transfer coding. */
    String postInQuery(String... headers) {
        return "POST /?" + form() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines(headers) + "\r\n";
    }

    /** POST with everything in a form body. */
    String postInBody(String... headers) {
        String body = form();
        return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: " + body.length() + "\r\n" + lines(headers) + "\r\n" + body;
    }

    /** A header-signed request. */
    static String v3(String method, String action, Map<String, String> query, String body, Map<String, String> change) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("host", "127.0.0.1:8080");
        headers.put("x-acs-action", action);
        headers.put("x-acs-version", "2016-01-20");
        headers.put("x-acs-date", "2018-03-30T08:15:30Z");
        headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
        headers.put("x-acs-content-sha256", SignedRequest.hash(body.getBytes(StandardCharsets.UTF_8)));
        change.forEach((name, value) -> {
            if (value.isEmpty()) {
                headers.remove(name);
            } else {
                headers.put(name, value);
            }
        });
        SignedRequest request = new SignedRequest(
                method,
                "/",
                query,
                query,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                SignedRequest.hash(body.getBytes(StandardCharsets.UTF_8)));
        String authorization = Acs3Signature.authorization(
                secret(MemoryAccessKeys.SECRET), "testAccessKeyId", request, headers.keySet());
        String lines = headers.entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                .collect(Collectors.joining());
        String target = query.isEmpty() ? "/" : "/?" + form(query);
        String framing = body.isEmpty()
                ? "transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
                : "content-length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
        return method + " " + target + " HTTP/1.1\r\n" + lines + "authorization: " + authorization + "\r\n" + framing;
    }

    static String form(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> encode(pair.getKey()) + "=" + encode(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    /** As form encoders do: a space is a plus, an asterisk is itself, a tilde is escaped. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String lines(String... headers) {
        return List.of(headers).stream().map(header -> header + "\r\n").collect(Collectors.joining());
    }

    static SecretBytes secret(String text) {
        return SecretBytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }
}
