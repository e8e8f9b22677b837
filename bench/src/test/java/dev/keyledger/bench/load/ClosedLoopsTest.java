package dev.keyledger.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClosedLoopsTest {

    private static final AccessKeyPair ACCESS_KEY = new AccessKeyPair("LTAItest", "the secret of the test");

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            int number = requests.incrementAndGet();
            byte[] body = ("answer " + number).getBytes(StandardCharsets.US_ASCII);
            if (number % 3 == 0) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(number == 5 ? 400 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** A source that sends so many requests and keeps what is answered. */
    private static RequestSource source(SignedTemplate template, int count, List<String> answers) {
        return new RequestSource() {
            private int left = count;

            @Override
            public @Nullable SignedTemplate next() {
                return left-- > 0 ? template : null;
            }

            @Override
            public boolean keepsAnswers() {
                return true;
            }

            @Override
            public void answered(String body) {
                answers.add(body);
            }
        };
    }

    @Test
    void every_request_is_answered_once_even_where_connections_close_and_faults_are_counted_apart() {
        Endpoint endpoint = new Endpoint(server.getAddress().getPort());
        SignedTemplate template = SignedTemplate.of(endpoint, ACCESS_KEY, "DescribeRegions", Map.of());
        List<String> answers = new ArrayList<>();
        Measured measured;
        try (ClosedLoops loops = new ClosedLoops()) {
            measured =
                    loops.run(endpoint, ACCESS_KEY, 2, Duration.ofMinutes(1), number -> source(template, 10, answers));
        }

        assertThat(requests).hasValue(20);
        assertThat(measured.answers()).isEqualTo(19);
        assertThat(measured.latencies().getTotalCount()).isEqualTo(19);
        assertThat(measured.faults()).isEqualTo(1);
        assertThat(measured.firstFault()).isEqualTo("400 answer 5");
        assertThat(answers).hasSize(19).doesNotHaveDuplicates().doesNotContain("answer 5");
    }
}
