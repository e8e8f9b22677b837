package dev.keyledger.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyledger.bench.load.KmsClient;
import dev.keyledger.bench.load.RestClient;
import dev.keyledger.bench.report.Machine;
import dev.keyledger.bench.report.Series;
import dev.keyledger.bench.target.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many messages a second a node sends to a webhook on the same machine, and whether those of a key arrive in their order. */
@Command(name = "webhooks", description = "Messages a second to a receiver on this machine, and their order.")
@SuppressWarnings("NullAway.Init") // The command line fills the fields.
final class WebhooksCommand implements Runnable {

    private static final Pattern SUBJECT = Pattern.compile("\"subject\":\"([^\"]*)\"");
    private static final Pattern SEQUENCE = Pattern.compile("\"sequence\":\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile("\"webhookId\":\"([^\"]*)\"");

    private static final int LONGEST_SECONDS = 600;
    private static final int RECEIVER_THREADS = 32;

    @Mixin
    RunOptions options;

    @Option(names = "--keys", description = "how many keys the events are of (default: ${DEFAULT-VALUE})")
    int keys = 500;

    @Option(names = "--changes", description = "how many events each key has (default: ${DEFAULT-VALUE})")
    int changes = 20;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    /** Takes messages and holds each against the last one of its key. */
    private static final class Receiver implements AutoCloseable {

        private final HttpServer server;
        private final ExecutorService threads = Executors.newFixedThreadPool(RECEIVER_THREADS);
        private final CountDownLatch open;
        private final Map<String, String> last = new ConcurrentHashMap<>();
        private final AtomicLong again = new AtomicLong();
        private final AtomicLong outOfOrder = new AtomicLong();

        Receiver(int messages) {
            open = new CountDownLatch(messages);
            try {
                server =
                        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RECEIVER_THREADS);
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
                String sequence = found(SEQUENCE, body);
                String before = last.put(found(SUBJECT, body), sequence);
                if (before == null || before.compareTo(sequence) < 0) {
                    open.countDown();
                } else if (before.equals(sequence)) {
                    again.incrementAndGet();
                } else {
                    outOfOrder.incrementAndGet();
                }
                exchange.sendResponseHeaders(204, -1);
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        boolean await() {
            try {
                return open.await(LONGEST_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in what came");
        }
        return matcher.group(1);
    }

    @Override
    public void run() {
        try (RunOptions.WorkDirectory work = options.workDirectory()) {
            out.println(Machine.description(work.path()));
            Map<String, String> settings = new HashMap<>(options.settings);
            settings.put("KEYLEDGER_WEBHOOK_ALLOW", "127.0.0.1:*");
            settings.put("KEYLEDGER_WEBHOOK_ALLOW_HTTP", "true");
            try (NodeProcess node = NodeProcess.start(
                    options.launch(), options.jar(), work.path().resolve("node"), settings)) {
                measure(node);
            }
        }
    }

    private void measure(NodeProcess node) {
        change(node);
        int messages = keys * changes;
        RestClient client = new RestClient(node.endpoint(), node.accessKey());
        Series rates = new Series();
        for (int repetition = 0; repetition <= options.repetitions(); repetition++) {
            try (Receiver receiver = new Receiver(messages)) {
                long begun = System.nanoTime();
                String webhook = found(
                        ID,
                        client.send(
                                "POST",
                                "/v1/webhooks",
                                "{\"url\":\"" + receiver.url() + "\",\"start\":\"beginning\"}"));
                if (!receiver.await()) {
                    throw new IllegalStateException("after " + LONGEST_SECONDS + " s messages are missing");
                }
                double rate = messages / ((System.nanoTime() - begun) / 1e9);
                client.send("DELETE", "/v1/webhooks/" + webhook, "");
                out.printf(
                        "%d messages, %.0f a second, %d twice, %d out of order%n",
                        messages, rate, receiver.again.get(), receiver.outOfOrder.get());
                // The first one warms up.
                if (repetition > 0) {
                    rates.add(rate);
                }
            }
        }
        out.println("messages a second: " + rates.text(0));
    }

    /** Makes keys and switches them off and on, by real requests. */
    private void change(NodeProcess node) {
        KmsClient client = new KmsClient(node.endpoint(), node.accessKey());
        List<String> made = new ArrayList<>();
        for (int n = 0; n < keys; n++) {
            made.add(KmsClient.member("KeyId", client.call("CreateKey", Map.of())));
        }
        for (int change = 1; change < changes; change++) {
            String action = change % 2 == 1 ? "DisableKey" : "EnableKey";
            made.forEach(key -> client.call(action, Map.of("KeyId", key)));
        }
        new LogLag(node.store()).settle();
    }
}
