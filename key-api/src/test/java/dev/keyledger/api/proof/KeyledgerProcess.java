package dev.keyledger.api.proof;

import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One node as its user runs it: {@code java @keyledger.args} in a directory, with an environment. Its output goes to files beside that
 * directory, so that the directory holds what the node itself wrote and nothing else, but for the programs of its database: to unpack them
 * takes longer than to make the database, so they are lent to it unless the launch is {@link Launch#bare() bare}.
 */
final class KeyledgerProcess implements AutoCloseable {

    /** Cold start on a busy machine: unpack the database's programs, initialise, migrate, serve. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    /**
     * The second compiler takes what is ten times as hot as usual. Most nodes live for seconds, too briefly to earn back what it costs; only
     * what RSA does a thousand times over is worth it at once.
     */
    private static final List<String> RARELY_OPTIMISED = List.of(
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    /** Below 32768, from where on Linux gives ports to whoever asks for any. */
    private static final int PORTS_FROM = 18_000;

    private static final int PORTS = 2_000;

    /** Which of the processes this is that the build runs proofs in at a time, from 1 on. */
    private static final int FORK = Integer.getInteger("keyledger.fork", 0) % 7;

    private static final AtomicInteger NEXT_PORT = new AtomicInteger(new Random().nextInt(PORTS));

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "end of processes"));
    }

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Launch launch;
    private final Process process;
    private final Output output;

    private KeyledgerProcess(Launch launch, Process process, Output output) {
        this.launch = launch;
        this.process = process;
        this.output = output;
    }

    /** What a node is started with; every change gives a new launch, so one can be the base of several. */
    static final class Launch {

        private final Path directory;
        private final int port;
        private final Path java;
        private final List<String> jvmFlags;
        private final List<String> program;
        private final boolean bare;
        private final Map<String, String> environment;

        private Launch(
                Path directory,
                int port,
                Path java,
                List<String> jvmFlags,
                List<String> program,
                boolean bare,
                Map<String, String> environment) {
            this.directory = directory;
            this.port = port;
            this.java = java;
            this.jvmFlags = List.copyOf(jvmFlags);
            this.program = List.copyOf(program);
            this.bare = bare;
            this.environment = Map.copyOf(environment);
        }

        Launch with(String name, String value) {
            Map<String, String> changed = new TreeMap<>(environment);
            changed.put(name, value);
            return new Launch(directory, port, java, jvmFlags, program, bare, changed);
        }

        Launch without(String name) {
            Map<String, String> changed = new TreeMap<>(environment);
            changed.remove(name);
            return new Launch(directory, port, java, jvmFlags, program, bare, changed);
        }

        Launch jvmFlag(String flag) {
            return new Launch(
                    directory,
                    port,
                    java,
                    Stream.concat(jvmFlags.stream(), Stream.of(flag)).toList(),
                    program,
                    bare,
                    environment);
        }

        /** Started by {@code java -jar keyledger.jar}, without the shipped flags and without the archive of classes. */
        Launch plainJar() {
            return new Launch(directory, port, java, jvmFlags, List.of("-jar", jar().toString()), bare, environment);
        }

        /** Without any flag that is not shipped: for a node that lives long, or whose flags are what is proven. */
        Launch asShipped() {
            return new Launch(directory, port, java, List.of(), program, bare, environment);
        }

        /** Nothing is there before the first start, which unpacks the programs of the database itself. */
        Launch bare() {
            return new Launch(directory, port, java, jvmFlags, program, true, environment);
        }

        Launch port(int other) {
            return new Launch(directory, other, java, jvmFlags, program, bare, environment);
        }

        /** The same launch in another directory, on a port of its own. */
        Launch in(Path other) {
            return new Launch(other, freePort(), java, jvmFlags, program, bare, environment);
        }

        int port() {
            return port;
        }

        Path directory() {
            return directory;
        }

        /** Starts the node and returns once it is ready to serve. */
        KeyledgerProcess start() {
            if (!bare && !environment.containsKey("KEYLEDGER_DB_URL")) {
                lendPrograms();
            }
            KeyledgerProcess node = spawn();
            try {
                Await.until("the node is ready", START_LIMIT, () -> node.readyOrDead());
            } catch (AssertionError late) {
                node.close();
                throw new AssertionError(late.getMessage() + "\n" + node.output.text(), late);
            }
            if (!node.process.isAlive()) {
                throw new AssertionError("the node ended with " + node.process.exitValue() + " instead of serving:\n"
                        + node.output.text());
            }
            return node;
        }

        private void lendPrograms() {
            Path data = dataDirectory();
            try {
                if (!Files.isDirectory(data)) {
                    Files.createDirectories(data);
                    // As the node itself makes it for root, whose database may run under another user.
                    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
                }
                TestPostgres.lendPrograms(data);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private Path dataDirectory() {
            String configured = environment.get("KEYLEDGER_DATA_DIR");
            return directory.resolve(configured == null ? "keyledger-data" : configured);
        }

        /** Starts the node and waits for it to end by itself. */
        FailedStart startThatFails() {
            KeyledgerProcess node = spawn();
            try {
                if (!node.process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("the node did not give up:\n" + node.output.text());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            } finally {
                node.close();
            }
            return new FailedStart(node.process.exitValue(), node.output.standardError(), node.output.standardOutput());
        }

        private KeyledgerProcess spawn() {
            try {
                Files.createDirectories(directory);
                Output output = Output.beside(directory);
                List<String> command = new ArrayList<>();
                command.add(java.toString());
                command.addAll(jvmFlags);
                command.addAll(program);
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(output.out.toFile())
                        .redirectError(output.err.toFile());
                builder.environment()
                        .keySet()
                        .removeIf(name -> name.startsWith("KEYLEDGER_")
                                || name.startsWith("JAVA_")
                                || name.startsWith("MAVEN_")
                                || name.startsWith("JDK_"));
                builder.environment().putAll(environment);
                builder.environment().put("KEYLEDGER_PORT", Integer.toString(port));
                Process process = builder.start();
                RUNNING.add(process);
                return new KeyledgerProcess(this, process, output);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /**
     * How a node that could not start took its leave.
     *
     * @param exitCode what the shell sees
     * @param standardError all that went to standard error
     * @param standardOutput all that went to standard output
     */
    record FailedStart(int exitCode, String standardError, String standardOutput) {}

    private record Output(Path out, Path err) {

        static Output beside(Path directory) throws IOException {
            Path logs = Files.createDirectories(logs(directory));
            try (Stream<Path> earlier = Files.list(logs)) {
                long number =
                        earlier.filter(file -> file.toString().endsWith(".out")).count() + 1;
                return new Output(logs.resolve(number + ".out"), logs.resolve(number + ".err"));
            }
        }

        String standardOutput() {
            return read(out);
        }

        String standardError() {
            return read(err);
        }

        String text() {
            return standardOutput() + standardError();
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    /** Where the output of all nodes that ever ran in a directory is kept. */
    static Path logs(Path directory) {
        return directory.resolveSibling(directory.getFileName() + "-output");
    }

    /** A node in this directory, on a free port, with the JDK that runs the tests and the flags it is shipped with; rarely optimised. */
    static Launch in(Path directory) {
        return new Launch(
                directory,
                freePort(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                RARELY_OPTIMISED,
                List.of("@" + argumentFile()),
                false,
                Map.of());
    }

    /**
     * A port that was free a moment ago and that nobody else takes before it is used, which may be much later: below those that the system
     * gives to whoever asks for any, and of a range that no other process of these tests has.
     */
    static int freePort() {
        while (true) {
            int port = PORTS_FROM + FORK * PORTS + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (BindException taken) {
                // By a program that is not of these tests.
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** The packaged jar; the build puts it there before the proofs run. */
    static Path jar() {
        Path jar = Path.of(System.getProperty("keyledger.jar", "target/keyledger.jar"))
                .toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new AssertionError("there is no " + jar + "; the proofs need the packaged jar (mvn verify)");
        }
        return jar;
    }

    /** What the build wrote for {@code java @file}: the shipped flags, the archive of classes, and the jar as the last of them. */
    static Path argumentFile() {
        return jar().resolveSibling("keyledger.args");
    }

    /** Standard output and standard error so far. */
    String output() {
        return output.text();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + launch.port);
    }

    /** Host and port, as the vendor's clients want an endpoint. */
    String endpoint() {
        return "127.0.0.1:" + launch.port;
    }

    Launch launch() {
        return launch;
    }

    /** Where the node keeps what it must not lose. */
    Path dataDirectory() {
        return launch.dataDirectory();
    }

    /** The bootstrap access key: the one that was set, or the one the first start made. */
    AccessKeyPair accessKey() {
        String id = launch.environment.get("KEYLEDGER_ACCESS_KEY_ID");
        String secret = launch.environment.get("KEYLEDGER_ACCESS_KEY_SECRET");
        return id != null && secret != null
                ? new AccessKeyPair(id, secret)
                : AccessKeyPair.readFrom(dataDirectory().resolve("access-key.env"));
    }

    private boolean readyOrDead() {
        return !process.isAlive() || ready();
    }

    /** Whether the node says it is ready. */
    boolean ready() {
        try {
            HttpResponse<Void> answer = HTTP.send(
                    HttpRequest.newBuilder(url().resolve("/actuator/health/readiness"))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            return answer.statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Ends the node as a power cut would, with no chance to say good-bye, and waits until its database has noticed. */
    void kill() {
        Optional<ProcessHandle> postmaster = postmaster();
        process.destroyForcibly();
        awaitEnd();
        postmaster.ifPresent(
                server -> Await.until("the database of a killed node ends", STOP_LIMIT, () -> !server.isAlive()));
    }

    /** Ends the node as an operator does and checks that it went willingly. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** The same launch once more, on the same directory. */
    KeyledgerProcess restart() {
        return launch.start();
    }

    /** The node's process id. */
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Process of the embedded database, if there is one. */
    Optional<ProcessHandle> postmaster() {
        Path data = dataDirectory().resolve("postgres");
        if (!Files.isDirectory(data)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(data, 3)) {
            Optional<Path> file = files.filter(
                            each -> each.getFileName().toString().equals("postmaster.pid"))
                    .findFirst();
            return file.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(file.get()).get(0).trim()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the node does not end:\n" + output.text());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } finally {
            RUNNING.remove(process);
        }
    }

    /** Leaves no process behind, whatever happened before. */
    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException interrupted) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        RUNNING.remove(process);
    }
}
