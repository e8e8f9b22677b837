package dev.keyledger.db;

import java.io.IOException;
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

    /** What the server wrote to its log since it was started. */
    List<String> output() throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(logStart, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    /** Stops the server cleanly without waiting for its clients. */
    void stop() {
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
