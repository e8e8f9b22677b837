package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GracefulStopTest {

    private static final String WAITING =
            "select count(*) from pg_locks where relation = 'audit_record'::regclass and not granted";

    @Test
    void requests_in_flight_are_answered_and_new_ones_are_not_taken() throws Exception {
        TestNode node = TestNode.start();
        URI uri = node.baseUri();
        CompletableFuture<Void> stopped;
        try (Connection owner = DriverManager.getConnection(
                        node.database().url(),
                        node.database().ownerUser(),
                        node.database().ownerPassword());
                Statement statement = owner.createStatement()) {
            // No answer leaves before its audit record is written, and that waits for this lock.
            owner.setAutoCommit(false);
            statement.execute("lock table audit_record in exclusive mode");
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            CompletableFuture<HttpResponse<String>> inFlight = client.sendAsync(
                    HttpRequest.newBuilder(uri.resolve("/?Action=DescribeRegions"))
                            .timeout(Duration.ofSeconds(60))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            await(() -> count(statement) == 1);

            stopped = CompletableFuture.runAsync(node::close);
            await(() -> !accepts(uri));
            assertThat(inFlight).isNotDone();
            assertThat(stopped).isNotDone();

            owner.commit();
            assertThat(inFlight.get(60, TimeUnit.SECONDS).body()).contains("RequestId");
        }
        stopped.get(60, TimeUnit.SECONDS);
        assertThat(node.keyledger().context().isActive()).isFalse();
    }

    @Test
    void stopping_twice_is_stopping_once() {
        TestNode node = TestNode.start();
        node.keyledger().close();
        node.close();
        assertThat(node.keyledger().context().isActive()).isFalse();
    }

    private static long count(Statement statement) throws Exception {
        try (ResultSet rows = statement.executeQuery(WAITING)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static boolean accepts(URI uri) {
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime())
                    .as("the condition holds within a minute")
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
