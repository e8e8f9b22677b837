package dev.keyledger.bench.target;

import dev.keyledger.api.adapter.rootkey.FileRootKey;
import dev.keyledger.bench.load.AccessKeyPair;
import dev.keyledger.bench.load.Endpoint;
import dev.keyledger.material.RootKeyProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged jar with its embedded database, as its user runs it, in a directory of its own. */
public final class NodeProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final JavaProcess process;
    private final Path directory;
    private final Endpoint endpoint;
    private final Duration readyAfter;

    private NodeProcess(JavaProcess process, Path directory, Endpoint endpoint, Duration readyAfter) {
        this.process = process;
        this.directory = directory;
        this.endpoint = endpoint;
        this.readyAfter = readyAfter;
    }

    /**
     * Starts the jar and returns when it says that it is ready.
     *
     * @param settings environment variables of the node
     */
    public static NodeProcess start(JavaLaunch launch, Path jar, Path directory, Map<String, String> settings) {
        int port = Ports.free();
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("KEYLEDGER_PORT", Integer.toString(port));
        long begun = System.nanoTime();
        JavaProcess process =
                JavaProcess.start(launch.node(jar), directory, directory.resolveSibling("node.log"), environment);
        try {
            HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            HttpRequest readiness = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            process.await("the node is ready", START_LIMIT, () -> ready(http, readiness));
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
        return new NodeProcess(process, directory, new Endpoint(port), Duration.ofNanos(System.nanoTime() - begun));
    }

    private static boolean ready(HttpClient http, HttpRequest readiness) {
        try {
            return http.send(readiness, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the node", stopped);
        }
    }

    /** From the start of the process to its being ready. */
    public double readySeconds() {
        return readyAfter.toNanos() / 1e9;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** The access key that the first start made. */
    public AccessKeyPair accessKey() {
        return AccessKeyPair.readFrom(directory.resolve("keyledger-data/access-key.env"));
    }

    /** The root key that the first start made. */
    RootKeyProvider rootKey() {
        return FileRootKey.read(directory.resolve("keyledger-data/root-key"), new SecureRandom());
    }

    /** The node's embedded database. */
    public StoreAccess store() {
        return StoreAccess.in(directory.resolve("keyledger-data/postgres"));
    }

    /** Process of the JVM. */
    public long pid() {
        return process.pid();
    }

    /** Memory of the node without its database: of the JVM, and of a launcher that stays beside it. */
    public ResidentMemory memory() {
        long postmaster = store().pid();
        return ResidentMemory.of(Stream.concat(
                        Stream.of(ProcessHandle.of(process.pid()).orElseThrow()), descendants())
                .filter(each -> each.pid() != postmaster
                        && each.parent().map(ProcessHandle::pid).orElse(0L) != postmaster)
                .map(ProcessHandle::pid)
                .toList());
    }

    private Stream<ProcessHandle> descendants() {
        return ProcessHandle.of(process.pid()).stream().flatMap(ProcessHandle::descendants);
    }

    @Override
    public void close() {
        process.close();
    }
}
