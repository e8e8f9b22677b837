package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets go where they must and nowhere else. A whole walk is made with secrets that can be recognised; then everything that was written,
 * logged or answered is searched for them, raw, in hexadecimal and in Base64.
 */
class CanaryIT {

    private static final String MATERIAL = "canary:material:kQ7vZ2mX9pRt4wLs";
    private static final String OTHER_MATERIAL = "canary:othermat:Yb3nC8dE5fGh1jKm";
    private static final String PLAINTEXT = "canary:plaintext:uN6xT0aV3yWz8qBc";
    private static final String SECRET = "canary-ak-secret-Jm5hR9eS2gPd7kLf";
    private static final String HARMLESS = "canary-description-that-may-be-stored";

    /** Files that exist to keep a secret; each is readable by its owner alone. */
    private static final List<String> KEEPERS =
            List.of("root-key", "keyledger.password", "keyledger_owner.password", "postgres.password");

    private final List<SignedHttp.Raw> answers = new ArrayList<>();
    private final List<SignedHttp.Raw> answersWithPlaintext = new ArrayList<>();
    private final Traces secrets = new Traces()
            .add("material", MATERIAL)
            .add("other material", OTHER_MATERIAL)
            .add("plaintext", PLAINTEXT)
            .add("access key secret", SECRET);

    @Test
    void nothing_secret_is_written_logged_or_answered_where_it_must_not_be(@TempDir Path directory)
            throws IOException, InterruptedException {
        assertThat(MATERIAL).hasSize(32);
        assertThat(OTHER_MATERIAL).hasSize(32);
        Path home = directory.resolve("node");
        KeyledgerProcess node = KeyledgerProcess.in(home)
                .with("KEYLEDGER_TEST_CLOCK", "true")
                .with("KEYLEDGER_WEBHOOK_ALLOW", "127.0.0.1:9")
                .with("KEYLEDGER_WEBHOOK_ALLOW_HTTP", "true")
                .with("KEYLEDGER_ACCESS_KEY_ID", "canary")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", SECRET)
                .start();
        try {
            walk(node);
            node.kill();
            node = node.restart();
            assertThat(node.ready()).isTrue();
            node.stop();
        } finally {
            node.close();
        }
        Path data = node.dataDirectory();
        for (String keeper : KEEPERS) {
            try (var files = Files.walk(data)) {
                for (Path file : files.filter(each -> each.endsWith(keeper)).toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(keeper)
                            .isEqualTo("rw-------");
                }
            }
        }
        assertThat(new Traces().add("harmless", HARMLESS).below(data, KEEPERS))
                .as("what may be stored is found, so the search works")
                .isNotEmpty();
        assertThat(secrets.below(data, KEEPERS)).as("data directory").isEmpty();
        assertThat(secrets.below(KeyledgerProcess.logs(home), List.of()))
                .as("output of the node")
                .isEmpty();
        answers.forEach(answer ->
                assertThat(secrets.in(answer.body())).as(answer.body()).isEmpty());
        assertThat(answersWithPlaintext).as("answers that must carry it").isNotEmpty();
        answersWithPlaintext.forEach(
                answer -> assertThat(new Traces().add("plaintext", PLAINTEXT).in(answer.body()))
                        .isNotEmpty());
    }

    private void walk(KeyledgerProcess node) throws IOException, InterruptedException {
        SignedHttp client = new SignedHttp(node);
        rootKey(node);
        String key = member(
                ask(client, "CreateKey", Map.of("Origin", "EXTERNAL", "Description", HARMLESS)), "KeyMetadata.KeyId");
        for (String algorithm : List.of("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "RSAES_PKCS1_V1_5")) {
            importOnce(client, key, algorithm);
        }
        Map<String, String> context = Map.of("EncryptionContext", "{\"tenant\":\"a\"}");
        String blob = member(
                ask(client, "Encrypt", with(context, "KeyId", key, "Plaintext", base64(PLAINTEXT))), "CiphertextBlob");
        answersWithPlaintext.add(client.send("Decrypt", with(context, "CiphertextBlob", blob)));
        ask(client, "Decrypt", Map.of("CiphertextBlob", blob));
        dataKeys(client, key);
        refusals(node, client, key);
        accessKeys(node);
        webhook(node);
        new DrivenClock(node).advance(Duration.ofDays(1));
        ask(client, "DeleteKeyMaterial", Map.of("KeyId", key));
        ask(client, "ScheduleKeyDeletion", Map.of("KeyId", key, "PendingWindowInDays", "7"));
        new DrivenClock(node).advance(Duration.ofDays(8));
        Store store = Store.embeddedIn(node);
        Await.until(
                "the key is destroyed",
                Duration.ofSeconds(60),
                () -> store.count("select count(*) from key_state where key_id = '" + key + "'") == 0);
        events(node, store);
    }

    /** What others are told of all that: every event, and nothing that must not be. */
    private void events(KeyledgerProcess node, Store store) throws IOException, InterruptedException {
        String authorization = "Basic " + base64("canary:" + SECRET);
        HttpClient http = HttpClient.newHttpClient();
        long all = store.count("select count(*) from domain_event");
        Await.until(
                "every event has its place",
                Duration.ofSeconds(30),
                () -> store.count("select count(*) from feed_event") == all);
        HttpResponse<String> page = http.send(
                HttpRequest.newBuilder(node.url().resolve("/v1/events?limit=1000"))
                        .header("Authorization", authorization)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(page.body()).contains(HARMLESS, "keyledger.key.destroyed");
        assertThat(page.body().split("\"specversion\"")).hasSize(Math.toIntExact(all) + 1);
        answers.add(new SignedHttp.Raw(page.statusCode(), page.body()));
        HttpResponse<InputStream> stream = http.send(
                HttpRequest.newBuilder(node.url().resolve("/v1/events/stream?from=beginning"))
                        .header("Authorization", authorization)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        StringBuilder told = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            for (long events = 0; events < all; ) {
                String line = lines.readLine();
                told.append(line).append('\n');
                events += line.startsWith("data: ") ? 1 : 0;
            }
        }
        answers.add(new SignedHttp.Raw(stream.statusCode(), told.toString()));
    }

    private void rootKey(KeyledgerProcess node) throws IOException {
        String text = Files.readString(node.dataDirectory().resolve("root-key")).strip();
        secrets.add("root key", text);
        secrets.add("root key bytes", Base64.getDecoder().decode(text));
    }

    private void importOnce(SignedHttp client, String key, String algorithm) {
        SignedHttp.Raw parameters = client.send(
                "GetParametersForImport",
                Map.of("KeyId", key, "WrappingAlgorithm", algorithm, "WrappingKeySpec", "RSA_2048"));
        Answer answer = SignedHttp.answer("GetParametersForImport", parameters).granted();
        String token = answer.text("ImportToken");
        // The answer that issues the token must carry it; whatever comes later must not.
        secrets.add("import token", Base64.getDecoder().decode(token.substring(token.length() / 8 * 4)));
        for (String material : List.of(MATERIAL, OTHER_MATERIAL)) {
            ask(
                    client,
                    "ImportKeyMaterial",
                    Map.of(
                            "KeyId",
                            key,
                            "ImportToken",
                            token,
                            "EncryptedKeyMaterial",
                            Wrapping.wrap(
                                    algorithm, answer.text("PublicKey"), material.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private void dataKeys(SignedHttp client, String key) {
        SignedHttp.Raw made = client.send("GenerateDataKey", Map.of("KeyId", key, "KeySpec", "AES_256"));
        Answer dataKey = SignedHttp.answer("GenerateDataKey", made).granted();
        secrets.add("data key", Base64.getDecoder().decode(dataKey.text("Plaintext")));
        ask(client, "GenerateDataKeyWithoutPlaintext", Map.of("KeyId", key));
        ask(
                client,
                "ReEncrypt",
                Map.of(
                        "CiphertextBlob",
                        dataKey.text("CiphertextBlob"),
                        "DestinationKeyId",
                        key,
                        "DestinationEncryptionContext",
                        "{\"to\":\"b\"}"));
    }

    /** Refused requests carry secrets too. */
    private void refusals(KeyledgerProcess node, SignedHttp client, String key)
            throws IOException, InterruptedException {
        ask(client, "Encrypt", Map.of("KeyId", "no-such-key", "Plaintext", base64(PLAINTEXT)));
        ask(
                client,
                "Encrypt",
                Map.of("KeyId", key, "Plaintext", base64(PLAINTEXT), "EncryptionContext", "[not a map]"));
        ask(
                client,
                "Encrypt",
                Map.of(
                        "KeyId",
                        key,
                        "Plaintext",
                        "%" + HexFormat.of().formatHex(PLAINTEXT.getBytes(StandardCharsets.UTF_8))));
        ask(
                client,
                "ImportKeyMaterial",
                Map.of("KeyId", key, "ImportToken", base64(PLAINTEXT), "EncryptedKeyMaterial", base64(MATERIAL)));
        ask(client, "NoSuchOperation", Map.of("KeyId", key, "Plaintext", base64(PLAINTEXT)));
        // The string to sign is shown to the sender of a wrong signature, by the protocol; it must not be kept.
        SignedHttp.Raw echoed = new SignedHttp(node.url(), new AccessKeyPair("canary", "not-the-secret-of-this-key"))
                .send("Encrypt", Map.of("KeyId", key, "Plaintext", base64(PLAINTEXT)));
        assertThat(echoed.body()).contains("SignatureDoesNotMatch");
        // Not a request at all.
        HttpClient http = HttpClient.newHttpClient();
        for (String broken : List.of(
                "?Action=Encrypt&Plaintext=%ZZ" + PLAINTEXT.replace(":", ""),
                "?Plaintext=" + base64(PLAINTEXT).replace("=", ""))) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(node.url() + "/" + broken.replace("%ZZ", "%25ZZ")))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            answers.add(new SignedHttp.Raw(answer.statusCode(), answer.body()));
        }
    }

    /** So is that of a webhook; this one's receiver is not there. */
    private void webhook(KeyledgerProcess node) throws IOException, InterruptedException {
        HttpResponse<String> made =
                v1(node, "POST", "/v1/webhooks", "{\"url\":\"http://127.0.0.1:9/\",\"start\":\"beginning\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String path = "/v1/webhooks/" + member(made.body(), "webhookId");
        secret(made);
        secret(v1(node, "POST", path + "/rotate-secret", ""));
        keep(v1(node, "POST", path + "/test", ""));
        Store store = Store.embeddedIn(node);
        Await.until(
                "a message was tried",
                Duration.ofSeconds(60),
                () -> store.count("select count(*) from webhook_delivery where attempts > 0") > 0);
        keep(v1(node, "GET", path + "/deliveries", ""));
        keep(v1(node, "GET", "/v1/webhooks", ""));
    }

    private void secret(HttpResponse<String> shown) {
        String secret = member(shown.body(), "secret");
        secrets.add("secret of a webhook as text", secret);
        secrets.add("secret of a webhook", Base64.getDecoder().decode(secret.substring("whsec_".length())));
    }

    private void keep(HttpResponse<String> answer) {
        answers.add(new SignedHttp.Raw(answer.statusCode(), answer.body()));
    }

    private static HttpResponse<String> v1(KeyledgerProcess node, String method, String path, String body)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(node.url().resolve(path))
                                .header("Authorization", "Basic " + base64("canary:" + SECRET))
                                .header("Content-Type", "application/json")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The secret of a new access key is shown once. */
    private void accessKeys(KeyledgerProcess node) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        String authorization = "Basic " + base64("canary:" + SECRET);
        URI url = node.url().resolve("/v1/access-keys");
        HttpResponse<String> created = http.send(
                HttpRequest.newBuilder(url)
                        .header("Authorization", authorization)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"principal\":\"another\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(created.statusCode()).as(created.body()).isBetween(200, 201);
        String secret = member(created.body(), "accessKeySecret");
        secrets.add("secret of a new access key", secret);
        HttpResponse<String> listed = http.send(
                HttpRequest.newBuilder(url)
                        .header("Authorization", authorization)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        answers.add(new SignedHttp.Raw(listed.statusCode(), listed.body()));
    }

    /** Sends a request whose answer must not carry a secret. */
    private String ask(SignedHttp client, String action, Map<String, String> parameters) {
        SignedHttp.Raw raw = client.send(action, parameters);
        answers.add(raw);
        return raw.body();
    }

    private static String member(String body, String name) {
        return Answer.success("", Json.object(body)).text(name);
    }

    private static Map<String, String> with(Map<String, String> base, String... pairs) {
        Map<String, String> all = new TreeMap<>(base);
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return all;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
