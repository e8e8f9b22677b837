package dev.keyledger.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One call after another, for what has to be there before something is measured. For one thread. */
public final class KmsClient {

    private final Endpoint endpoint;
    private final AccessKeyPair accessKey;
    private final SignedTemplate.Signer signer;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A client of one node. */
    public KmsClient(Endpoint endpoint, AccessKeyPair accessKey) {
        this.endpoint = endpoint;
        this.accessKey = accessKey;
        this.signer = new SignedTemplate.Signer(accessKey);
    }

    /** A template for the measured loops. */
    public SignedTemplate template(String action, Map<String, String> parameters) {
        return SignedTemplate.of(endpoint, accessKey, action, parameters);
    }

    /**
     * Calls an operation.
     *
     * @throws IllegalStateException if the answer is not a success
     */
    public String call(String action, Map<String, String> parameters) {
        SignedTemplate template = template(action, parameters);
        byte[] request = new byte[template.maxBytes()];
        int length = template.write(signer, request);
        int body = new String(request, 0, length, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + endpoint.authority() + "/"))
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(Arrays.copyOfRange(request, body, length)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(action + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling " + action, stopped);
        }
    }

    /** A member of an answer, wherever it stands; its value has no escaped characters. */
    public static String member(String name, String json) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + name + " in " + json);
        }
        return matcher.group(1);
    }
}
