import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Smoke test of the packaged jar: starts it in an empty directory and walks create, import, encrypt, decrypt. It needs nothing but a JDK and
 * shares no code with the project, so that it fails where a stranger would: {@code java .ci/Smoke.java key-api/target/keyledger.jar}
 */
public final class Smoke {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static URI url;
    private static String accessKeyId;
    private static String secret;

    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments[0]).toAbsolutePath();
        Path directory = Files.createTempDirectory("keyledger-smoke");
        int port;
        try (ServerSocket probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        url = URI.create("http://127.0.0.1:" + port + "/");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString())
                .directory(directory.toFile())
                .inheritIO();
        // What is set around this test, for the tests or by accident, is no setting of the node: an unknown one would stop it.
        builder.environment().keySet().removeIf(name -> name.startsWith("KEYLEDGER_"));
        builder.environment().put("KEYLEDGER_PORT", Integer.toString(port));
        Process node = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(node::destroyForcibly));
        try {
            awaitReady(node);
            readAccessKey(directory.resolve("keyledger-data/access-key.env"));
            walk();
        } finally {
            node.destroy();
            if (!node.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the node does not stop");
            }
        }
        delete(directory);
        System.out.println("smoke: passed");
    }

    private static void walk() throws Exception {
        String keyId = member("KeyId", call("CreateKey", Map.of("Origin", "EXTERNAL")));
        System.out.println("smoke: created " + keyId);

        String parameters = call(
                "GetParametersForImport",
                Map.of("KeyId", keyId, "WrappingAlgorithm", "RSAES_OAEP_SHA_256", "WrappingKeySpec", "RSA_2048"));
        byte[] material = new byte[32];
        new SecureRandom().nextBytes(material);
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                KeyFactory.getInstance("RSA")
                        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(member("PublicKey", parameters)))),
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        call(
                "ImportKeyMaterial",
                Map.of(
                        "KeyId", keyId,
                        "ImportToken", member("ImportToken", parameters),
                        "EncryptedKeyMaterial", Base64.getEncoder().encodeToString(cipher.doFinal(material))));
        System.out.println("smoke: imported");

        byte[] plaintext = "smoke".getBytes(StandardCharsets.UTF_8);
        String context = "{\"from\":\"smoke\"}";
        String blob = member(
                "CiphertextBlob",
                call(
                        "Encrypt",
                        Map.of(
                                "KeyId", keyId,
                                "Plaintext", Base64.getEncoder().encodeToString(plaintext),
                                "EncryptionContext", context)));
        System.out.println("smoke: encrypted");
        String opened =
                member("Plaintext", call("Decrypt", Map.of("CiphertextBlob", blob, "EncryptionContext", context)));
        if (!Arrays.equals(plaintext, Base64.getDecoder().decode(opened))) {
            throw new AssertionError("decrypted to something else");
        }
        System.out.println("smoke: decrypted");
    }

    /** Calls an operation with signature V1; anything but success ends the test. */
    private static String call(String action, Map<String, String> parameters) throws Exception {
        TreeMap<String, String> all = new TreeMap<>(parameters);
        all.putAll(Map.of(
                "Action", action,
                "Version", "2016-01-20",
                "Format", "JSON",
                "AccessKeyId", accessKeyId,
                "SignatureMethod", "HMAC-SHA1",
                "SignatureVersion", "1.0",
                "SignatureNonce", UUID.randomUUID().toString(),
                "Timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec((secret + "&").getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        byte[] signature = mac.doFinal(("POST&%2F&" + encoded(form(all))).getBytes(StandardCharsets.UTF_8));
        all.put("Signature", Base64.getEncoder().encodeToString(signature));
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(url)
                        .timeout(Duration.ofSeconds(30))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(all)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(action + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
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

    private static String member(String name, String json) {
        Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("no " + name + " in the answer");
        }
        return matcher.group(1);
    }

    private static void readAccessKey(Path file) throws Exception {
        Map<String, String> values = Files.readAllLines(file).stream()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        accessKeyId = values.get("KEYLEDGER_ACCESS_KEY_ID");
        secret = values.get("KEYLEDGER_ACCESS_KEY_SECRET");
    }

    private static void awaitReady(Process node) throws Exception {
        long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (System.nanoTime() < deadline) {
            if (node.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the node ended with " + node.exitValue() + " instead of serving");
            }
            try {
                HttpRequest request = HttpRequest.newBuilder(url.resolve("/actuator/health/readiness")).build();
                if (HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (java.io.IOException notYet) {
                // The port opens late in the start.
            }
        }
        throw new AssertionError("the node does not become ready");
    }

    private static void delete(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
