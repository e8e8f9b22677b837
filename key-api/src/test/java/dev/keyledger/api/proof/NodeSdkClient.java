package dev.keyledger.api.proof;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The vendor's clients for Node, which a small script ({@code proof/node/client.js}) drives: one line of JSON in for each call, one line out.
 */
final class NodeSdkClient implements KmsClient {

    private final String library;
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    /** Installs the packages at their locked versions. */
    static Path install(Path directory) {
        for (String file : List.of("package.json", "package-lock.json", "client.js")) {
            try (var in = NodeSdkClient.class.getResourceAsStream("/proof/node/" + file)) {
                if (in == null) {
                    throw new AssertionError("there is no " + file);
                }
                Files.copy(in, directory.resolve(file));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        new Shell(directory).run("npm ci --no-audit --no-fund");
        return directory;
    }

    /**
     * Starts the script.
     *
     * @param library {@code pop-core} with a method, or {@code kms20160120}, as the script knows them
     */
    NodeSdkClient(String library, Path installation, String endpoint, AccessKeyPair key) {
        this.library = library;
        ProcessBuilder builder = new ProcessBuilder("node", "client.js", library)
                .directory(installation.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("ENDPOINT", endpoint);
        builder.environment().put("ACCESS_KEY_ID", key.id());
        builder.environment().put("ACCESS_KEY_SECRET", key.secret());
        try {
            this.process = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    @Override
    public Answer call(String action, Map<String, String> parameters) {
        try {
            requests.write(Json.write(Map.of("action", action, "parameters", parameters)));
            requests.newLine();
            requests.flush();
            String line = answers.readLine();
            if (line == null) {
                throw new AssertionError("the script ended at " + action);
            }
            Map<String, Object> answer = Json.object(line);
            if (answer.get("broken") instanceof String reason) {
                throw new AssertionError(action + ": " + reason);
            }
            @SuppressWarnings("unchecked") // the script writes an object here
            Map<String, Object> body = (Map<String, Object>) answer.getOrDefault("body", Map.of());
            return answer.get("code") instanceof String code
                    ? Answer.refusal(action, code, body)
                    : Answer.success(action, body);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public String library() {
        return "npm " + library;
    }

    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException failed) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
