package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The receivers of {@code docs/recipes/webhook-receiver}, told by two nodes of which one is killed. */
@ForeignProgram({"node", "npm"})
class WebhookRecipesIT {

    private static final Path RECIPE = Path.of("../docs/recipes/webhook-receiver");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static TestDatabase database;
    private static KeyledgerProcess first;
    private static KeyledgerProcess second;

    @BeforeAll
    static void start(@TempDir Path directory) {
        database = TestPostgres.freshDatabase();
        KeyledgerProcess.Launch launch = NodePair.external(KeyledgerProcess.in(directory.resolve("first")), database)
                .with("KEYLEDGER_ROOT_KEY", Base64.getEncoder().encodeToString(new byte[32]))
                .with("KEYLEDGER_ACCESS_KEY_ID", "proof")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString())
                .with("KEYLEDGER_WEBHOOK_ALLOW", "127.0.0.1:*")
                .with("KEYLEDGER_WEBHOOK_ALLOW_HTTP", "true");
        first = launch.start();
        second = launch.in(directory.resolve("second")).start();
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        database.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(2));
    }

    /** A program that receives. */
    private record Receiver(Process process, Path output, int port, String secret) implements AutoCloseable {

        String said() {
            try {
                return Files.readString(output);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private static Receiver receiver(Path directory, List<String> command) throws IOException {
        int port = KeyledgerProcess.freePort();
        String secret = Objects.requireNonNull(
                        Json.object(post("/v1/webhooks", Map.of("url", "http://127.0.0.1:" + port + "/")))
                                .get("secret"))
                .toString();
        Path output = directory.resolve("output-" + port);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("WEBHOOK_SECRET", secret);
        Receiver receiver = new Receiver(builder.start(), output, port, secret);
        await().until(() -> receiver.said().contains("listening on " + port));
        return receiver;
    }

    private static String post(String path, Map<String, ?> body) {
        AccessKeyPair key = second.accessKey();
        return send(HttpRequest.newBuilder(second.url().resolve(path))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString((key.id() + ":" + key.secret())
                                                        .getBytes(StandardCharsets.UTF_8)))
                        .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
                        .build())
                .body();
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static int forged(Receiver receiver, String signedBody, String sentBody) throws Exception {
        long now = System.currentTimeMillis() / 1000;
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.port() + "/"))
                        .header("webhook-id", "forged")
                        .header("webhook-timestamp", Long.toString(now))
                        .header("webhook-signature", new Webhook(receiver.secret()).sign("forged", now, signedBody))
                        .POST(HttpRequest.BodyPublishers.ofString(sentBody))
                        .build())
                .statusCode();
    }

    @Test
    void both_verify_what_two_nodes_send_also_when_one_of_them_is_killed(@TempDir Path directory) throws Exception {
        for (String file : List.of("receiver.mjs", "Receiver.java")) {
            Files.copy(RECIPE.resolve(file), directory.resolve(file));
        }
        for (String file : List.of("package.json", "package-lock.json")) {
            try (var in = WebhookRecipesIT.class.getResourceAsStream("/proof/webhook/" + file)) {
                Files.copy(in, directory.resolve(file));
            }
        }
        new Shell(directory).run("npm ci --no-audit --no-fund");
        String jar = new File(Webhook.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .getPath();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (Receiver node = receiver(directory, List.of("node", "receiver.mjs"));
                Receiver plain = receiver(directory, List.of(java, "-cp", jar, "Receiver.java"))) {
            KmsClient here = new SignedHttp(first);
            KmsClient there = new SignedHttp(second);
            List<String> keys = IntStream.range(0, 10)
                    .mapToObj(n -> there.call("CreateKey", Map.of()).granted().text("KeyMetadata.KeyId"))
                    .toList();
            for (String key : keys) {
                here.call("DisableKey", Map.of("KeyId", key)).granted();
            }
            first.kill();
            // As if the minute were over for which it had what it was sending.
            JdbcClient.create(
                            new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()))
                    .sql("""
                            update webhook_delivery set due_at = clock_timestamp(), leased_until = clock_timestamp()
                            where leased_until is not null
                            """)
                    .update();
            for (String key : keys) {
                there.call("EnableKey", Map.of("KeyId", key)).granted();
            }
            await().until(() -> keys.stream().allMatch(key -> node.said().contains("keyledger.key.enabled " + key)));
            await().until(() -> keys.stream()
                    .allMatch(key -> plain.said()
                            .lines()
                            .anyMatch(line -> line.contains("\"keyledger.key.enabled\"") && line.contains(key))));
            for (String key : keys) {
                assertThat(node.said()
                                .lines()
                                .filter(line -> line.endsWith(key))
                                .map(line -> line.split(" ", 3)[1]))
                        .containsExactly("keyledger.key.created", "keyledger.key.disabled", "keyledger.key.enabled");
            }
            for (Receiver receiver : List.of(node, plain)) {
                assertThat(receiver.said()).doesNotContain("refused");
                assertThat(forged(receiver, "{\"id\":\"x\"}", "{\"id\":\"y\"}")).isEqualTo(401);
                assertThat(receiver.said()).contains("refused");
                assertThat(forged(receiver, "{\"id\":\"x\"}", "{\"id\":\"x\"}")).isEqualTo(204);
            }
        }
    }
}
