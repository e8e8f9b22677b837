package dev.keyledger.api.cli;

import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Which server, and who asks. Options win over environment variables, as whose default the help names them. A secret is never an argument:
 * arguments can be seen by every user of the machine.
 */
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class ServerOptions {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "<url>",
            defaultValue = "${env:KEYLEDGER_URL:-http://127.0.0.1:8080}",
            description = "The server (env KEYLEDGER_URL; default http://127.0.0.1:8080).")
    private String url;

    @Option(
            names = "--access-key-id",
            paramLabel = "<id>",
            defaultValue = "${env:KEYLEDGER_ACCESS_KEY_ID:-}",
            description = "The access key that signs (env KEYLEDGER_ACCESS_KEY_ID).")
    private String accessKeyId;

    @Option(
            names = "--access-key-secret-file",
            paramLabel = "<file>",
            defaultValue = "${env:KEYLEDGER_ACCESS_KEY_SECRET_FILE:-}",
            description = {
                "A file with its secret (env KEYLEDGER_ACCESS_KEY_SECRET_FILE; or the secret itself in env"
                        + " KEYLEDGER_ACCESS_KEY_SECRET). There is no option for the secret: arguments can be seen by others."
            })
    private String secretFile;

    @Option(
            names = "--ca-file",
            paramLabel = "<pem>",
            defaultValue = "${env:KEYLEDGER_CA_FILE:-}",
            description = "Certificates to trust instead of the platform's, in PEM (env KEYLEDGER_CA_FILE).")
    private String caFile;

    @Option(
            names = "--allow-plain-http",
            defaultValue = "${env:KEYLEDGER_ALLOW_PLAIN_HTTP:-false}",
            description = "Speak plain HTTP to another machine, where others can read answers"
                    + " (env KEYLEDGER_ALLOW_PLAIN_HTTP).")
    private boolean allowPlainHttp;

    @Option(
            names = "--timeout",
            paramLabel = "<seconds>",
            defaultValue = "30",
            description = "How long to wait for an answer (default 30).")
    private int timeoutSeconds;

    /** A client for this server; close it to wipe the secret. */
    ServerClient connect() {
        return connect(System.getenv());
    }

    ServerClient connect(Map<String, String> environment) {
        URI server = server();
        if (timeoutSeconds < 1) {
            throw usage("--timeout is a number of seconds, 1 at least");
        }
        if (accessKeyId.isEmpty()) {
            throw usage("no access key: set KEYLEDGER_ACCESS_KEY_ID, or give --access-key-id");
        }
        @Nullable Path ca = caFile.isEmpty() ? null : Path.of(caFile);
        try {
            return new ServerClient(server, accessKeyId, secret(environment), ca, Duration.ofSeconds(timeoutSeconds));
        } catch (IOException unreadable) {
            throw usage("the certificates of --ca-file cannot be read: " + caFile);
        }
    }

    private URI server() {
        URI server;
        try {
            server = new URI(url);
        } catch (URISyntaxException malformed) {
            throw usage("--url is not a URL: " + url);
        }
        String scheme = server.getScheme();
        String host = server.getHost();
        boolean plain = "http".equals(scheme);
        if (host == null || !(plain || "https".equals(scheme)) || server.getRawUserInfo() != null) {
            throw usage("--url is like https://keys.example:8443, without a user: " + url);
        }
        if (plain && !LOOPBACK.contains(host) && !allowPlainHttp) {
            throw usage("plain HTTP to another machine lets others read the answers;"
                    + " use https, or say --allow-plain-http");
        }
        return server.resolve("/");
    }

    private SecretBytes secret(Map<String, String> environment) {
        String set = environment.getOrDefault("KEYLEDGER_ACCESS_KEY_SECRET", "");
        if (secretFile.isEmpty()) {
            if (set.isEmpty()) {
                throw usage("no secret: set KEYLEDGER_ACCESS_KEY_SECRET, or give --access-key-secret-file");
            }
            return SecretBytes.takeFrom(set.getBytes(StandardCharsets.UTF_8));
        }
        try {
            String text = Files.readString(Path.of(secretFile)).strip();
            if (text.isEmpty()) {
                throw usage("the file with the secret is empty: " + secretFile);
            }
            return SecretBytes.takeFrom(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw usage("the file with the secret cannot be read: " + secretFile);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
