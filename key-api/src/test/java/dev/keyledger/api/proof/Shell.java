package dev.keyledger.api.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs commands of the machine in a directory. */
final class Shell {

    private static final int LIMIT_SECONDS = 120;

    private final Path directory;

    Shell(Path directory) {
        this.directory = directory;
    }

    /** Runs a command line, written as a user types it; it must succeed. Answers what it printed. */
    String run(String commandLine) {
        return run(new String[] {"sh", "-c", commandLine}, commandLine);
    }

    private String run(String[] command, String name) {
        try {
            Path output = Files.createTempFile(directory, "command", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + name);
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            if (process.exitValue() != 0) {
                throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + text);
            }
            return text;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
