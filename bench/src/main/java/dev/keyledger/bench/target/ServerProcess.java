package dev.keyledger.bench.target;

import dev.keyledger.bench.load.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A server of the service's container that does less than the service, in a JVM of its own. */
public final class ServerProcess implements AutoCloseable {

    private final JavaProcess process;
    private final Endpoint endpoint;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ServerProcess(JavaProcess process, Endpoint endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** A server that reads and answers and does nothing between. */
    public static ServerProcess noop(JavaLaunch launch, Path directory) {
        return start(launch, directory, "noop", List.of());
    }

    /**
     * A server that answers after the commit of one audit record and one nonce.
     *
     * @param inFlight how many transactions it may have in flight
     * @param threshold how many records must wait before another transaction starts beside a running one
     */
    public static ServerProcess journal(
            JavaLaunch launch, Path directory, StoreAccess store, int inFlight, int threshold) {
        return start(
                launch,
                directory,
                "journal",
                List.of(
                        store.directory().toString(),
                        store.database(),
                        Integer.toString(inFlight),
                        Integer.toString(threshold)));
    }

    private static ServerProcess start(JavaLaunch launch, Path directory, String name, List<String> arguments) {
        int port = Ports.free();
        List<String> all = Stream.concat(Stream.of(Integer.toString(port)), arguments.stream())
                .toList();
        JavaProcess process = JavaProcess.start(
                launch.main(ServeCommand.class, all), directory, directory.resolve(name + ".log"), Map.of());
        ServerProcess server = new ServerProcess(process, new Endpoint(port));
        try {
            process.await("the server " + name + " answers", Duration.ofMinutes(1), () -> server.answers(1));
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
        return server;
    }

    /** From now on the server answers with so many bytes. */
    public void answerSize(int bytes) {
        if (!answers(bytes)) {
            throw new IllegalStateException("the server does not take the size of its answers");
        }
    }

    private boolean answers(int bytes) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + endpoint.authority() + "/size/" + bytes))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking the server", stopped);
        }
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Process of the JVM. */
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
