package dev.keyledger.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A JVM of our own, with its output in a file. It ends with this process at the latest. */
final class JavaProcess implements AutoCloseable {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "end of processes"));
    }

    private final Process process;
    private final Path output;

    private JavaProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a command in a directory.
     *
     * @param environment variables on top of ours; ours that are settings of a node or of a JVM are taken away first
     */
    static JavaProcess start(List<String> command, Path directory, Path output, Map<String, String> environment) {
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name ->
                            name.startsWith("KEYLEDGER_") || name.startsWith("JAVA_") || name.startsWith("JDK_"));
            builder.environment().putAll(environment);
            Process process = builder.start();
            RUNNING.add(process);
            return new JavaProcess(process, output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits for something that the process brings about. */
    void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the process ended with " + process.exitValue() + ":\n" + output());
            }
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("not within " + limit + ": " + what + "\n" + output());
            }
            try {
                if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("the process ended with " + process.exitValue() + ":\n" + output());
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for: " + what, stopped);
            }
        }
    }

    /** Waits until the process has ended by itself, and fails unless all went well. */
    void awaitEnd(Duration limit, Runnable look) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("not within " + limit + ":\n" + output());
                }
                look.run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a process", stopped);
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("the process ended with " + process.exitValue() + ":\n" + output());
        }
    }

    long pid() {
        return process.pid();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }
}
