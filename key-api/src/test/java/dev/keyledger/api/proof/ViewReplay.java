package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The product's own replay of an embedded store, as its user runs it: {@code java -jar keyledger.jar replay …}. */
final class ViewReplay {

    private static final int LIMIT_MINUTES = 10;

    private ViewReplay() {}

    /**
     * What came of it.
     *
     * @param code exit code
     * @param report the report; null if there is none
     * @param err standard error
     */
    record Ended(int code, JsonNode report, String err) {}

    /** Fails unless the live views are, row by row, what a replay of all events gives. Answers how many events there were. */
    static int compare(Path dataDirectory) {
        Ended ended = run(dataDirectory, "--verify");
        assertThat(ended.code()).as(ended.report() + ended.err()).isZero();
        assertThat(ended.report().path("result").asString()).isEqualTo("equal");
        return ended.report().path("events").asInt();
    }

    /** Runs it to its end. */
    static Ended run(Path dataDirectory, String... words) {
        try {
            Path out = Files.createTempFile("replay", ".out");
            Path err = Files.createTempFile("replay", ".err");
            try {
                Process process = start(dataDirectory, out, err, words);
                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new AssertionError("the replay does not end:\n" + Files.readString(err));
                }
                String report = Files.readString(out, StandardCharsets.UTF_8);
                return new Ended(
                        process.exitValue(),
                        JsonMapper.shared().readTree(report.isBlank() ? "{}" : report),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Starts it, to be killed. */
    static Process start(Path dataDirectory, Path out, Path err, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A short life is over before better code would pay.
                "-XX:TieredStopAtLevel=1",
                "@" + KeyledgerProcess.argumentFile(),
                "replay",
                "--output",
                "json"));
        command.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KEYLEDGER_") || name.startsWith("JAVA_"));
        builder.environment().put("KEYLEDGER_DATA_DIR", dataDirectory.toString());
        return builder.start();
    }
}
