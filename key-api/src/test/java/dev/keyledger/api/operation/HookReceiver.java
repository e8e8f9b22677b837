package dev.keyledger.api.operation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Receives messages of webhooks, remembers them all in the order in which they came, and answers as it is told. */
final class HookReceiver implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Message> all = new CopyOnWriteArrayList<>();
    private volatile Function<Message, Integer> answer = message -> 204;

    /** One message, whatever was answered. */
    record Message(Map<String, List<String>> headers, String body) {

        String id() {
            return header("Webhook-id");
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }

        JsonNode event() {
            return JSON.readTree(body);
        }

        String subject() {
            return event().path("subject").asString();
        }

        String type() {
            return event().path("type").asString();
        }

        String sequence() {
            return event().path("sequence").asString();
        }
    }

    HookReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Message message = new Message(Map.copyOf(exchange.getRequestHeaders()), body);
            all.add(message);
            exchange.sendResponseHeaders(answer.apply(message), -1);
        }
    }

    /** What it answers from now on. */
    void answers(Function<Message, Integer> status) {
        answer = status;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    List<Message> all() {
        return List.copyOf(all);
    }

    /** What came about a subject. */
    List<Message> about(String subject) {
        return all.stream().filter(message -> message.subject().equals(subject)).toList();
    }

    /** The types of what came about a subject. */
    List<String> types(String subject) {
        return about(subject).stream()
                .map(message -> message.type().replace("keyledger.key.", ""))
                .toList();
    }

    /** Waits until so many messages about a subject came. */
    List<Message> await(String subject, int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> about(subject).size() >= count);
        return about(subject);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
