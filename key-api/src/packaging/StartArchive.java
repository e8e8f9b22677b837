import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes the fast start, as a step of the build: {@code java StartArchive.java target src/packaging/jvm.flags true}.
 *
 * <p>{@code target/keyledger.args} starts the packaged jar with the shipped flags: {@code java @target/keyledger.args}. What it starts is the jar
 * laid out as files, {@code target/keyledger}, with an archive of its classes as the virtual machine keeps them, which takes away half of a start.
 * The archive is made by a real start of a node in a directory of its own; a virtual machine that it does not fit ignores it. Where it
 * cannot be made, the same command starts without.
 */
public final class StartArchive {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(3);

    /** From this version on the cache holds classes linked and profiles, and is made in one step. */
    private static final int CACHE_VERSION = 25;

    /** So many rounds of requests, so that the classes and profiles of the first requests are in the archive too. */
    private static final int ROUNDS = 40;

    private final Path jar;
    private final Path layout;
    private final Path arguments;
    private final Path archive;
    private final List<String> flags;
    private final String java;

    private StartArchive(Path target, Path flagFile) throws IOException {
        jar = target.resolve("keyledger.jar");
        layout = target.resolve("keyledger");
        arguments = target.resolve("keyledger.args");
        archive = layout.resolve(cached() ? "keyledger.aot" : "keyledger.jsa");
        flags = Files.readAllLines(flagFile).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public static void main(String[] parameters) throws Exception {
        StartArchive build = new StartArchive(Path.of(parameters[0]).toAbsolutePath(), Path.of(parameters[1]));
        build.run(Boolean.parseBoolean(parameters[2]));
    }

    private static boolean cached() {
        return Runtime.version().feature() >= CACHE_VERSION;
    }

    private void run(boolean withArchive) throws Exception {
        String madeOf = fingerprint(withArchive);
        Path mark = layout.resolve("made-of");
        if (Files.exists(mark) && Files.readString(mark).equals(madeOf) && Files.exists(arguments)) {
            return;
        }
        delete(layout);
        lay();
        writeArguments(List.of());
        if (withArchive) {
            try {
                train();
                writeArguments(List.of((cached() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive));
            } catch (IOException | RuntimeException without) {
                Files.deleteIfExists(archive);
                System.err.println("no start archive was made, so starts take longer: " + without.getMessage());
            }
        }
        Files.writeString(mark, madeOf);
    }

    /** What the result depends on: the jar, the flags and the virtual machine. */
    private String fingerprint(boolean withArchive) throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(jar));
        digest.update((flags + java + System.getProperty("java.vm.version") + layout + withArchive)
                .getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private void lay() throws IOException, InterruptedException {
        Process extract = new ProcessBuilder(
                        java, "-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", layout.toString())
                .inheritIO()
                .start();
        if (extract.waitFor() != 0) {
            throw new IOException("the jar cannot be laid out as files");
        }
    }

    private void writeArguments(List<String> more) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# Made by the build: java @" + arguments.getFileName() + " starts Keyledger with the flags it is shipped with.");
        lines.addAll(flags);
        more.forEach(flag -> lines.add(quoted(flag)));
        lines.add("-jar");
        lines.add(quoted(layout.resolve(jar.getFileName()).toString()));
        Files.write(arguments, lines);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Starts a node once, uses it a little and stops it; its virtual machine leaves the archive. */
    private void train() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(layout.getParent(), "training");
        Path log = directory.resolve("log");
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(flags);
        command.add((cached() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive);
        command.addAll(List.of("-jar", layout.resolve(jar.getFileName()).toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KEYLEDGER_") || name.startsWith("JAVA_") || name.startsWith("JDK_"));
        builder.environment().put("KEYLEDGER_PORT", Integer.toString(port));
        Process node = builder.start();
        Thread end = new Thread(node::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            Client client = new Client(URI.create("http://127.0.0.1:" + port + "/"), directory);
            client.awaitReady(node);
            client.use();
            node.destroy();
            if (!node.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the node does not stop");
            }
            if (!Files.isRegularFile(archive)) {
                throw new IOException("the virtual machine left none");
            }
        } catch (IOException failed) {
            throw new IOException(failed.getMessage() + "; its log ends with: " + tail(log), failed);
        } finally {
            node.destroyForcibly().waitFor();
            Runtime.getRuntime().removeShutdownHook(end);
            delete(directory);
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    /** Just enough of a client, with signature version 1. */
    private record Client(URI url, Path directory) {

        void awaitReady(Process node) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            while (System.nanoTime() < deadline) {
                if (node.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the node ended with " + node.exitValue());
                }
                try {
                    if (get(url.resolve("/actuator/health/readiness")).statusCode() == 200) {
                        return;
                    }
                } catch (IOException notYet) {
                    // The port opens last.
                }
            }
            throw new IOException("the node does not become ready");
        }

        void use() throws IOException, InterruptedException {
            Map<String, String> accessKey = Files.readAllLines(directory.resolve("keyledger-data/access-key.env")).stream()
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
            String id = accessKey.get("KEYLEDGER_ACCESS_KEY_ID");
            String secret = accessKey.get("KEYLEDGER_ACCESS_KEY_SECRET");
            String keyId = member("KeyId", call(id, secret, "CreateKey", Map.of()));
            for (int round = 0; round < ROUNDS; round++) {
                String blob = member("CiphertextBlob", call(id, secret, "Encrypt", Map.of("KeyId", keyId, "Plaintext", "AAAA")));
                call(id, secret, "Decrypt", Map.of("CiphertextBlob", blob));
                call(id, secret, "GenerateDataKey", Map.of("KeyId", keyId));
                call(id, secret, "DescribeKey", Map.of("KeyId", keyId));
            }
            call(id, secret, "DisableKey", Map.of("KeyId", keyId));
        }

        private static String call(URI url, String id, String secret, String action, Map<String, String> parameters)
                throws IOException, InterruptedException {
            Map<String, String> all = new TreeMap<>(parameters);
            all.putAll(Map.of(
                    "Action", action,
                    "Version", "2016-01-20",
                    "Format", "JSON",
                    "AccessKeyId", id,
                    "SignatureMethod", "HMAC-SHA1",
                    "SignatureVersion", "1.0",
                    "SignatureNonce", UUID.randomUUID().toString(),
                    "Timestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()));
            all.put("Signature", signature(secret, "GET&%2F&" + encoded(form(all))));
            HttpResponse<String> answer = get(URI.create(url + "?" + form(all)));
            if (answer.statusCode() != 200) {
                throw new IOException(action + " was answered " + answer.statusCode());
            }
            return answer.body();
        }

        private String call(String id, String secret, String action, Map<String, String> parameters)
                throws IOException, InterruptedException {
            return call(url, id, secret, action, parameters);
        }

        private static String signature(String secret, String text) throws IOException {
            try {
                Mac mac = Mac.getInstance("HmacSHA1");
                mac.init(new SecretKeySpec((secret + "&").getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
                return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
            } catch (GeneralSecurityException impossible) {
                throw new IOException(impossible);
            }
        }

        private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
            return HTTP.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
                    HttpResponse.BodyHandlers.ofString());
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

        private static String member(String name, String json) throws IOException {
            Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
            if (!matcher.find()) {
                throw new IOException("no " + name + " in an answer");
            }
            return matcher.group(1);
        }
    }
}
