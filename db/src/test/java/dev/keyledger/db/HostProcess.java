package dev.keyledger.db;

import dev.keyledger.db.testing.TestPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A {@link ServerHost} in a process of its own. */
final class HostProcess implements AutoCloseable {

    private static final long SERVER_SECONDS = 60;

    private final Process process;
    private final String url;
    private final ProcessHandle server;

    private HostProcess(Process process, String url, ProcessHandle server) {
        this.process = process;
        this.url = url;
        this.server = server;
    }

    static HostProcess start(Path directory, String guard) throws IOException {
        Process process = launch(List.of(), directory, TestPostgres.programs(), guard);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String first = out.readLine();
        if (!"ready".equals(first)) {
            throw new IllegalStateException(first + " " + out.readLine());
        }
        String url = Objects.requireNonNull(out.readLine());
        long pid = Long.parseLong(Objects.requireNonNull(out.readLine()));
        return new HostProcess(process, url, ProcessHandle.of(pid).orElseThrow());
    }

    /** Runs the host behind a prefix such as a namespace; the caller reads what it says. */
    static Process launch(List<String> prefix, Path directory, Path programs, String guard) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A short life is over before better code would pay.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ServerHost.class.getName(),
                directory.toString(),
                programs.toString(),
                guard));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    String url() {
        return url;
    }

    ProcessHandle server() {
        return server;
    }

    /** kill -9 for the host alone. */
    void kill() throws Exception {
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    /** Ends the host and waits for its server too, which outlives it for as long as its last checkpoint takes. */
    @Override
    public void close() {
        process.destroyForcibly();
        ServerProcess.interrupt(server);
        if (!ServerProcess.ended(server, SERVER_SECONDS)) {
            throw new IllegalStateException("the server of a killed host does not stop (process " + server.pid() + ")");
        }
    }
}
