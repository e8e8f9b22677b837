package dev.keyledger.api.adapter.webhook;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.keyledger.api.startup.SelfSigned;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One attempt to send a message, against receivers of every kind. */
class WebhookClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For receivers that never come to an end. */
    private static final Duration SHORT = Duration.ofMillis(500);

    private static final byte[] SECRET = new byte[32];
    private static final String BODY = "{\"id\":\"e\u00e9\"}";

    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    /** What a receiver does with a connection after it has read a request. */
    @FunctionalInterface
    private interface Behaviour {
        void answer(OutputStream out) throws IOException;
    }

    /** A receiver of bytes: what it sends back is up to the test to the last byte. */
    private final class Receiver implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final AtomicInteger connections = new AtomicInteger();
        private final CountDownLatch cutOff = new CountDownLatch(1);
        private final Behaviour behaviour;

        Receiver(Behaviour behaviour) throws IOException {
            this.behaviour = behaviour;
            open.add(this);
            Thread thread = new Thread(this::accept, "receiver");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread thread = new Thread(() -> serve(socket), "receiver connection");
                    thread.setDaemon(true);
                    thread.start();
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                while (true) {
                    String request = read(socket.getInputStream());
                    if (request == null) {
                        return;
                    }
                    requests.add(request);
                    behaviour.answer(socket.getOutputStream());
                }
            } catch (IOException broken) {
                cutOff.countDown();
            }
        }

        private @Nullable String read(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return null;
                }
                head.append((char) next);
            }
            String text = head.toString();
            int length = Integer.parseInt(
                    text.replaceAll("(?is).*content-length: *([0-9]+).*", "$1").strip());
            return text + new String(in.readNBytes(length), UTF_8);
        }

        URI url() {
            return url("127.0.0.1");
        }

        URI url(String host) {
            return URI.create("http://" + host + ":" + server.getLocalPort() + "/hook?x=1");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static Behaviour answer(String head) {
        return out -> out.write(head.replace("\n", "\r\n").getBytes(US_ASCII));
    }

    private static Behaviour status(int status, String... headers) {
        return answer("HTTP/1.1 " + status + " x\ncontent-length: 0\n"
                + String.join("", List.of(headers).stream().map(h -> h + "\n").toList()) + "\n");
    }

    private WebhookClient client(NameLookup lookup, String... allowed) {
        WebhookClient client = new WebhookClient(
                lookup,
                ReceiverRulesTest.allowing(true, allowed),
                Optional.empty(),
                Optional.empty(),
                8,
                InstantSource.system());
        open.add(client);
        return client;
    }

    private WebhookClient client() {
        return client(InetAddress::getAllByName, "127.0.0.1:*");
    }

    private static WebhookClient.Message message(URI url, byte[]... secrets) {
        List<SecretBytes> opened = List.of(secrets.length == 0 ? new byte[][] {SECRET} : secrets).stream()
                .map(SecretBytes::copyOf)
                .toList();
        return Signing.sign(url, "event-1", Instant.now().getEpochSecond(), BODY.getBytes(UTF_8), opened);
    }

    private DeliveryOutcome outcome(Behaviour behaviour) throws IOException {
        return client().send(message(new Receiver(behaviour).url()), SHORT).outcome();
    }

    private static Map<String, List<String>> headers(String request) {
        return Map.of(
                WebhookClient.ID, List.of(header(request, WebhookClient.ID)),
                WebhookClient.TIMESTAMP, List.of(header(request, WebhookClient.TIMESTAMP)),
                WebhookClient.SIGNATURE, List.of(header(request, WebhookClient.SIGNATURE)));
    }

    private static String header(String request, String name) {
        return request.lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static String body(String request) {
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void a_message_is_signed_as_the_standard_says() throws Exception {
        Receiver receiver = new Receiver(status(204));
        WebhookClient.Attempt attempt = client().send(message(receiver.url()), PATIENCE);
        assertThat(attempt.outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(attempt.status()).isEqualTo(204);

        String request = receiver.requests.get(0);
        assertThat(request).startsWith("POST /hook?x=1 HTTP/1.1\r\n");
        assertThat(header(request, "content-type")).isEqualTo("application/cloudevents+json");
        assertThat(header(request, "user-agent")).isEqualTo("Keyledger-Webhooks");
        assertThat(header(request, "webhook-id")).isEqualTo("event-1");
        assertThat(header(request, "accept-encoding")).isEmpty();
        assertThat(body(request)).isEqualTo(BODY);
        new Webhook(SECRET).verify(body(request), headers(request));
        assertThatThrownBy(() -> new Webhook(SECRET).verify(body(request) + " ", headers(request)))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void while_a_secret_is_replaced_both_verify() throws Exception {
        byte[] other = new byte[32];
        other[0] = 1;
        byte[] third = new byte[32];
        third[0] = 2;
        Receiver receiver = new Receiver(status(200));
        client().send(message(receiver.url(), other, SECRET), PATIENCE);
        String request = receiver.requests.get(0);
        new Webhook(SECRET).verify(body(request), headers(request));
        new Webhook(other).verify(body(request), headers(request));
        assertThatThrownBy(() -> new Webhook(third).verify(body(request), headers(request)))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void connections_are_used_again() throws IOException {
        Receiver receiver = new Receiver(answer("HTTP/1.1 200 ok\ncontent-length: 2\n\nok"));
        WebhookClient client = client();
        for (int n = 0; n < 5; n++) {
            assertThat(client.send(message(receiver.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        }
        assertThat(receiver.connections).hasValue(1);
    }

    @Test
    void a_connection_that_was_closed_meanwhile_is_made_anew() throws IOException {
        Receiver receiver = new Receiver(out -> {
            out.write("HTTP/1.1 200 ok\r\ncontent-length: 0\r\n\r\n".getBytes(US_ASCII));
            throw new IOException("closes without a word");
        });
        WebhookClient client = client();
        for (int n = 0; n < 5; n++) {
            assertThat(client.send(message(receiver.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        }
    }

    @Test
    void what_is_not_2xx_is_no_delivery() throws IOException {
        assertThat(outcome(status(500))).isEqualTo(DeliveryOutcome.HTTP_ERROR);
        assertThat(outcome(status(404))).isEqualTo(DeliveryOutcome.HTTP_ERROR);
        assertThat(outcome(status(410))).isEqualTo(DeliveryOutcome.GONE);
        Receiver busy = new Receiver(status(503, "retry-after: 77"));
        assertThat(client().send(message(busy.url()), PATIENCE).retryAfter()).contains(Duration.ofSeconds(77));
    }

    @Test
    void redirects_are_not_followed() throws IOException {
        Receiver inside = new Receiver(status(200));
        for (int status : List.of(301, 302, 303, 307, 308)) {
            Receiver receiver = new Receiver(status(status, "location: " + inside.url()));
            assertThat(client().send(message(receiver.url()), PATIENCE).outcome())
                    .isEqualTo(DeliveryOutcome.REDIRECT);
        }
        assertThat(inside.connections).hasValue(0);
    }

    @Test
    void cookies_are_not_kept() throws IOException {
        Receiver receiver = new Receiver(status(200, "set-cookie: a=b"));
        WebhookClient client = client();
        client.send(message(receiver.url()), PATIENCE);
        client.send(message(receiver.url()), PATIENCE);
        assertThat(receiver.requests)
                .hasSize(2)
                .allMatch(request -> header(request, "cookie").isEmpty());
    }

    @Test
    void a_receiver_that_says_nothing_or_does_not_come_to_an_end_is_left() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        Behaviour silent = out -> {
            try {
                never.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        };
        assertThat(outcome(silent)).isEqualTo(DeliveryOutcome.TIMEOUT);
        assertThat(outcome(out -> {
                    // Never longer silent than anybody waits, and never done.
                    out.write("HTTP/1.1 200 ok\r\n".getBytes(US_ASCII));
                    for (long n = 0; ; n++) {
                        out.write(("x-" + n % 50 + ": 1\r\n").getBytes(US_ASCII), 0, 1);
                        out.flush();
                        Thread.onSpinWait();
                        if (n > 2_000) {
                            silent.answer(out);
                        }
                    }
                }))
                .isEqualTo(DeliveryOutcome.TIMEOUT);
        never.countDown();
    }

    @Test
    void a_huge_answer_is_cut_off() throws Exception {
        byte[] much = new byte[64 * 1024];
        Receiver declared = new Receiver(out -> {
            out.write("HTTP/1.1 200 ok\r\ncontent-length: 99999999999\r\n\r\n".getBytes(US_ASCII));
            while (true) {
                out.write(much);
            }
        });
        assertThat(client().send(message(declared.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(declared.cutOff.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        Receiver chunked = new Receiver(out -> {
            out.write("HTTP/1.1 500 no\r\ntransfer-encoding: chunked\r\n\r\n".getBytes(US_ASCII));
            while (true) {
                out.write("10000\r\n".getBytes(US_ASCII));
                out.write(much);
                out.write("\r\n".getBytes(US_ASCII));
            }
        });
        assertThat(client().send(message(chunked.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.HTTP_ERROR);
        assertThat(chunked.cutOff.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        Receiver headers = new Receiver(out -> {
            out.write("HTTP/1.1 200 ok\r\n".getBytes(US_ASCII));
            while (true) {
                out.write("x-more: 1\r\n".getBytes(US_ASCII));
            }
        });
        assertThat(client().send(message(headers.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.UNREACHABLE);
        assertThat(headers.cutOff.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothing_is_unpacked() throws IOException {
        assertThat(outcome(answer("HTTP/1.1 200 ok\ncontent-encoding: gzip\ncontent-length: 9\n\nnot gzip!")))
                .isEqualTo(DeliveryOutcome.DELIVERED);
    }

    @Test
    void a_receiver_that_is_not_there_is_an_outcome() throws IOException {
        Receiver gone = new Receiver(status(200));
        gone.close();
        assertThat(client().send(message(gone.url()), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.UNREACHABLE);
        assertThat(client(host -> {
                            throw new UnknownHostException(host);
                        })
                        .send(message(URI.create("https://nowhere.example/")), PATIENCE)
                        .outcome())
                .isEqualTo(DeliveryOutcome.UNKNOWN_NAME);
    }

    @Test
    void a_receiver_is_known_by_its_name_and_not_by_its_address(@TempDir Path directory) throws Exception {
        SelfSigned certificate = SelfSigned.make(directory, "EC");
        Path caFile = Files.writeString(directory.resolve("ca.pem"), certificate.certificatePem());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        List<String> asked = new CopyOnWriteArrayList<>();
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.serving()));
        server.createContext("/", exchange -> {
            try (exchange) {
                var session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
                asked.add(exchange.getRequestHeaders().getFirst("Host")
                        + session.getRequestedServerNames().stream()
                                .map(name -> " (" + new String(name.getEncoded(), US_ASCII) + ")")
                                .toList());
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        open.add(() -> server.stop(0));
        int port = server.getAddress().getPort();
        NameLookup lookup = host -> new InetAddress[] {InetAddress.getLoopbackAddress()};
        ReceiverRules rules = ReceiverRulesTest.allowing(false, "127.0.0.0/8:*");
        WebhookClient trusting =
                new WebhookClient(lookup, rules, Optional.empty(), Optional.of(caFile), 8, InstantSource.system());
        WebhookClient strict =
                new WebhookClient(lookup, rules, Optional.empty(), Optional.empty(), 8, InstantSource.system());
        open.add(trusting);
        open.add(strict);

        URI named = URI.create("https://hooks.keyledger.example:" + port + "/");
        assertThat(trusting.send(message(named), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(asked.get(0)).startsWith("hooks.keyledger.example:" + port).contains("(hooks.keyledger.example)");
        assertThat(strict.send(message(named), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.TLS);
        assertThat(trusting.send(message(URI.create("https://other.example:" + port + "/")), PATIENCE)
                        .outcome())
                .as("the certificate is of another name, though of the same address")
                .isEqualTo(DeliveryOutcome.TLS);
    }

    @Test
    void a_proxy_that_the_operator_names_takes_everything() throws IOException {
        Receiver proxy = new Receiver(status(200));
        WebhookClient client = new WebhookClient(
                InetAddress::getAllByName,
                ReceiverRulesTest.allowing(true),
                Optional.of(URI.create("http://127.0.0.1:" + proxy.server.getLocalPort())),
                Optional.empty(),
                8,
                InstantSource.system());
        open.add(client);
        assertThat(client.send(message(URI.create("http://hooks.example/")), PATIENCE)
                        .outcome())
                .isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(proxy.requests.get(0)).startsWith("POST http://hooks.example/ HTTP/1.1\r\n");
        assertThat(client.send(message(URI.create("http://127.0.0.1/")), PATIENCE)
                        .outcome())
                .as("a literal address is judged here")
                .isEqualTo(DeliveryOutcome.FORBIDDEN_ADDRESS);
        assertThat(proxy.requests).hasSize(1);
    }

    @Test
    void a_name_that_leads_inside_is_not_connected_to() throws IOException {
        Receiver inside = new Receiver(status(200));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetAddress outside = InetAddress.getByName("8.8.8.8");
        URI url = URI.create("http://name.example/");
        for (InetAddress[] answer : List.of(
                new InetAddress[] {loopback},
                new InetAddress[] {outside, loopback},
                new InetAddress[] {InetAddress.getByName("169.254.169.254")},
                new InetAddress[] {InetAddress.getByName("::ffff:127.0.0.1")},
                new InetAddress[] {InetAddress.getByName("64:ff9b::7f00:1")})) {
            assertThat(client(host -> answer).send(message(url), PATIENCE).outcome())
                    .isEqualTo(DeliveryOutcome.FORBIDDEN_ADDRESS);
        }
        assertThat(client(host -> new InetAddress[] {loopback})
                        .send(message(inside.url("name.example")), PATIENCE)
                        .outcome())
                .as("nor by a port")
                .isEqualTo(DeliveryOutcome.FORBIDDEN_ADDRESS);
        assertThat(inside.connections).hasValue(0);
    }

    @Test
    void a_name_that_changes_its_mind_after_the_check_changes_nothing() throws IOException {
        Receiver checked = new Receiver(status(200));
        InetAddress good = InetAddress.getLoopbackAddress();
        InetAddress bad = InetAddress.getByName("127.0.0.2");
        AtomicInteger asked = new AtomicInteger();
        NameLookup fickle = host -> new InetAddress[] {asked.getAndIncrement() == 0 ? good : bad};
        WebhookClient client = client(fickle, "127.0.0.1/32:*");
        URI url = checked.url("rebind.example");
        assertThat(client.send(message(url), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.DELIVERED);
        assertThat(asked).as("one look-up for the check and the connection").hasValue(1);
        assertThat(header(checked.requests.get(0), "host")).startsWith("rebind.example:");

        WebhookClient next = client(fickle, "127.0.0.1/32:*");
        assertThat(next.send(message(url), PATIENCE).outcome()).isEqualTo(DeliveryOutcome.FORBIDDEN_ADDRESS);
        assertThat(asked).hasValue(2);
        assertThat(checked.requests).hasSize(1);
    }
}
