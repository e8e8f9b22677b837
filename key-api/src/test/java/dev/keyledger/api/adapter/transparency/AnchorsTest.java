package dev.keyledger.api.adapter.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.keyledger.api.adapter.TestStore;
import dev.keyledger.api.adapter.vault.LogVault;
import dev.keyledger.evidence.note.SignedNote;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints reach a file and a receiver, and what one of them could not take it gets later. */
class AnchorsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestStore store = new TestStore();
    private final List<byte[]> received = new CopyOnWriteArrayList<>();
    private volatile int status = 204;
    private final AtomicInteger asked = new AtomicInteger();

    private HttpServer receiver;
    private Connection connection;
    private LogNode node;
    private Anchors anchors;

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void start() throws IOException, SQLException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/checkpoints", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            asked.incrementAndGet();
            int answer = status;
            if (answer < 300) {
                received.add(body);
            }
            if (answer == 302) {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        receiver.start();
        LogVault.settings(Map.of(
                "KEYLEDGER_ANCHOR_FILE",
                directory.resolve("anchor").toString(),
                "KEYLEDGER_ANCHOR_URL",
                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/checkpoints"));
        node = new LogNode(store, Anchors.class);
        anchors = node.bean(Anchors.class);
        connection = store.dataSource().getConnection();
    }

    @AfterEach
    void stop() throws InterruptedException, SQLException {
        LogVault.settings(Map.of());
        anchors.end(PATIENCE);
        receiver.stop(0);
        connection.close();
        store.close();
    }

    private SignedHead sign() throws IOException, SQLException {
        return node.sign(node.grow(connection, 10).epoch(), anchors.readable().toArray(Anchor[]::new));
    }

    private List<SignedNote> posted() {
        return received.stream().map(SignedNote::parse).toList();
    }

    @Test
    void a_new_anchor_gets_the_last_checkpoint_and_then_every_one() throws Exception {
        sign();
        SignedHead second = sign();
        anchors.begin();
        await().atMost(PATIENCE).until(() -> posted().equals(List.of(second.note())));
        SignedHead third = sign();
        anchors.checkpointMade();
        await().atMost(PATIENCE).until(() -> posted().equals(List.of(second.note(), third.note())));
        await().atMost(PATIENCE).until(() -> node.log.anchored("http") == 30 && node.log.anchored("file") == 30);

        AnchorFile file = new AnchorFile(directory.resolve("anchor"), node.log.key());
        assertThat(file.last()).contains(third);
        assertThat(node.bean(MeterRegistry.class)
                        .get("keyledger.log.anchors")
                        .gauge()
                        .value())
                .isEqualTo(2);
    }

    @Test
    void what_a_receiver_could_not_take_it_gets_in_order_when_it_can() throws Exception {
        anchors.begin();
        SignedHead first = sign();
        anchors.checkpointMade();
        await().atMost(PATIENCE).until(() -> posted().equals(List.of(first.note())));

        // A redirect is no promise to keep anything.
        status = 302;
        SignedHead second = sign();
        anchors.checkpointMade();
        int before = asked.get();
        await().atMost(PATIENCE).until(() -> asked.get() > before);
        status = 503;
        SignedHead third = sign();
        anchors.checkpointMade();
        await().atMost(PATIENCE).until(() -> node.log.anchored("file") == 30);
        assertThat(node.log.anchored("http")).isEqualTo(10);
        assertThat(node.bean(MeterRegistry.class)
                        .get("keyledger.log.anchor.failures")
                        .counter()
                        .count())
                .isPositive();

        status = 200;
        await().atMost(PATIENCE).until(() -> posted().equals(List.of(first.note(), second.note(), third.note())));
    }

    @Test
    void who_ends_tries_what_is_there_once_more() throws Exception {
        anchors.begin();
        SignedHead only = sign();
        anchors.end(PATIENCE);
        assertThat(posted()).endsWith(only.note());
        assertThat(new AnchorFile(directory.resolve("anchor"), node.log.key()).last())
                .contains(only);
    }
}
