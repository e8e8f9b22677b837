import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Receives webhooks of Keyledger: verifies, drops what it has seen, answers, and only then works. */
public final class Receiver {

    private static final Webhook WEBHOOK = new Webhook(System.getenv("WEBHOOK_SECRET"));
    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", Receiver::receive);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    private static void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, List<String>> headers = exchange.getRequestHeaders().entrySet().stream()
                    .collect(Collectors.toMap(header -> header.getKey().toLowerCase(), Map.Entry::getValue));
            try {
                WEBHOOK.verify(body, headers);
            } catch (WebhookVerificationException forged) {
                System.out.println("refused");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            exchange.sendResponseHeaders(204, -1);
            // The id is that of the event: what comes again has the same.
            if (SEEN.add(headers.get("webhook-id").get(0))) {
                System.out.println(body);
            }
        }
    }
}
