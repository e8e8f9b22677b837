package dev.keyledger.evidence.note;

import dev.keyledger.evidence.GoldenFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of somebody else's language. Where that is absent a test is not run, and says so; with {@code KEYLEDGER_REQUIRE_PROGRAMS=true} it
 * fails.
 */
public final class StrangerProgram {

    private final List<String> command;

    private StrangerProgram(List<String> command) {
        this.command = command;
    }

    /**
     * Builds a Go program of the test resources. {@code GOPATH} says where the packages of the checksum database are if not where Debian puts
     * them.
     *
     * @param test who asks
     * @param directory to build in
     */
    public static StrangerProgram go(String test, Path directory, String source) throws Exception {
        Path packages = Path.of(Optional.ofNullable(System.getenv("GOPATH")).orElse("/usr/share/gocode"));
        require(
                test,
                onPath("go") && Files.isDirectory(packages.resolve("src/golang.org/x/mod/sumdb")),
                "go with golang.org/x/mod/sumdb");
        Path built = Files.createDirectories(directory.resolve("built-" + source));
        Files.writeString(built.resolve(source), GoldenFile.text("stranger/" + source));
        ProcessBuilder go = new ProcessBuilder("go", "build", "-o", "program", source).directory(built.toFile());
        go.environment().put("GO111MODULE", "off");
        go.environment().put("GOPATH", packages.toString());
        go.environment().put("GOFLAGS", "");
        // Debian's package does not allow for a cache in the home directory of a build user.
        go.environment().put("GOCACHE", built.resolve("cache").toString());
        String said = run(go);
        if (!said.equals("0 ")) {
            throw new AssertionError("go build: " + said);
        }
        return new StrangerProgram(List.of(built.resolve("program").toString()));
    }

    /** A script for Node. */
    public static StrangerProgram script(String test, Path script) {
        require(test, onPath("node"), "node");
        return new StrangerProgram(List.of("node", script.toString()));
    }

    private static void require(String test, boolean there, String what) {
        if (!there && !"true".equals(System.getenv("KEYLEDGER_REQUIRE_PROGRAMS"))) {
            String sentence = "NOT RUN: " + test + " (no " + what + " on this machine)";
            System.out.println(sentence);
            Assumptions.abort(sentence);
        }
    }

    private static boolean onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .anyMatch(directory -> !directory.isEmpty() && Files.isExecutable(Path.of(directory, program)));
    }

    /** Exit code, a space and what was said. */
    public String run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return run(new ProcessBuilder(all));
    }

    private static String run(ProcessBuilder program) throws IOException, InterruptedException {
        Process process = program.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said.strip();
    }
}
