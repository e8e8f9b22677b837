package dev.keyledger.db;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running server program: the postmaster itself is our child, no {@code pg_ctl} between. */
final class ServerProcess {

    /** A fast shutdown writes a checkpoint; on a slow disk under load that takes a while. */
    private static final long STOP_SECONDS = 60;

    private static final long OUTPUT_BYTES = 64 * 1024;

    private final Process process;
    private final Path log;
    private final long logStart;

    private ServerProcess(Process process, Path log, long logStart) {
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    static ServerProcess start(ProcessBuilder builder, Path log) throws IOException {
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        builder.redirectInput(Launch.nothing()).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        CompletableFuture<Process> started = new CompletableFuture<>();
        // The death signal follows the thread that forked, so that thread has to live as long as the server does.
        Thread keeper = new Thread(
                () -> {
                    try {
                        Process process = builder.start();
                        started.complete(process);
                        process.onExit().join();
                    } catch (IOException | RuntimeException failed) {
                        started.completeExceptionally(failed);
                    }
                },
                "embedded-postgres");
        keeper.setDaemon(true);
        keeper.start();
        try {
            return new ServerProcess(started.join(), log, logStart);
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof IOException io ? io : new IOException(failed.getCause());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** The last lines that the server wrote to its log since it was started. */
    List<String> output() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            long from = Math.max(logStart, channel.size() - OUTPUT_BYTES);
            channel.position(Math.min(from, channel.size()));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** Waits until the server ended. */
    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** How a server that ended took its leave: its exit code, and the last complaint in its log if there is one. */
    String lastWords() {
        String code = "exit code " + process.exitValue();
        try {
            return ClusterFiles.lastComplaint(output())
                    .map(complaint -> code + "; the last complaint in its log is: " + complaint)
                    .orElse(code);
        } catch (IOException unreadable) {
            return code + "; its log cannot be read";
        }
    }

    /** Stops the server cleanly without waiting for its clients. */
    void stop() {
        if (!process.isAlive()) {
            // Its id may belong to someone else by now.
            return;
        }
        interrupt(process.toHandle());
        if (!ended(process.toHandle(), STOP_SECONDS)) {
            // The write-ahead log makes this safe; the next start recovers.
            process.destroyForcibly();
            ended(process.toHandle(), STOP_SECONDS);
        }
    }

    /** Sends SIGINT, PostgreSQL's "fast shutdown"; Java itself can only send SIGTERM, which waits for clients. */
    static void interrupt(ProcessHandle server) {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT " + server.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        } catch (IOException noShell) {
            server.destroy();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a process to end. */
    static boolean ended(ProcessHandle server, long seconds) {
        try {
            server.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException stillThere) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
