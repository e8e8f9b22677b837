package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.web.context.WebApplicationContext;

/** What a node shows to whom, and where it stops reading. */
class ServingTest {

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.with().testClock().start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(node.baseUri().resolve(path)).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String basic() {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((TestNode.ACCESS_KEY_ID + ":" + TestNode.ACCESS_KEY_SECRET)
                                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void of_the_frameworks_management_endpoints_there_is_health_alone() {
        assertThat(node.bean(WebEndpointsSupplier.class).getEndpoints())
                .extracting(endpoint -> endpoint.getEndpointId().toString())
                .containsExactly("health");
    }

    @Test
    void nothing_stands_between_the_web_server_and_the_protocol() {
        assertThat(Objects.requireNonNull(
                                ((WebApplicationContext) node.keyledger().context()).getServletContext())
                        .getFilterRegistrations())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/env",
                "/actuator/heapdump",
                "/actuator/threaddump",
                "/actuator/beans",
                "/actuator/configprops",
                "/actuator/info",
                "/actuator/loggers",
                "/actuator/metrics",
                "/actuator/prometheus/x",
                "/actuator/shutdown",
                "/actuator/health/db",
                "/actuator/health/store",
                "/error",
                "/index.html"
            })
    void everything_else_is_not_there_not_even_with_credentials(String path) throws Exception {
        assertThat(get(path, "Authorization", basic()).statusCode()).as(path).isEqualTo(404);
    }

    @Test
    void probes_say_up_and_nothing_more() throws Exception {
        for (String probe : List.of("/actuator/health/liveness", "/actuator/health/readiness")) {
            HttpResponse<String> answer = get(probe, "Authorization", basic());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
        }
        assertThat(get("/actuator/health").body())
                .isEqualTo("{\"groups\":[\"liveness\",\"readiness\"],\"status\":\"UP\"}");
    }

    @Test
    void details_are_for_callers_with_credentials() throws Exception {
        assertThat(get("/v1/health").statusCode()).isEqualTo(401);
        HttpResponse<String> report = get("/v1/health", "Authorization", basic());
        assertThat(report.statusCode()).isEqualTo(200);
        assertThat(report.body())
                .contains(
                        "\"appendOnlyEnforced\":true",
                        "\"testClock\":true",
                        "\"embeddedDatabase\":false",
                        "\"held\":false");
    }

    @Test
    void answers_do_not_name_the_software_and_are_not_compressed() throws Exception {
        HttpResponse<String> answer = get("/?Action=DescribeRegions", "Accept-Encoding", "gzip, deflate, br");
        assertThat(answer.headers().map().keySet().stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .doesNotContain("server", "x-powered-by", "content-encoding");
    }

    @Test
    void a_request_line_of_a_hundred_kilobytes_is_read_and_one_of_two_hundred_is_not() throws Exception {
        // Answered by the protocol, which asks for a signature, and not by the web server.
        assertThat(get("/?Action=Encrypt&Plaintext=" + "A".repeat(100_000)).body())
                .contains("RequestId");
        HttpResponse<String> tooLong = get("/?Action=Encrypt&Plaintext=" + "A".repeat(200_000));
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(tooLong.body()).doesNotContain("AAAA", "Tomcat", "Exception");
    }

    @Test
    void a_body_over_a_quarter_of_a_megabyte_is_refused() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(node.baseUri())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString("Action=Encrypt&Plaintext=" + "A".repeat(270_000)))
                .build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isBetween(400, 499);
        assertThat(answer.body()).doesNotContain("AAAA");
    }

    @Test
    void a_head_that_does_not_come_is_waited_for_ten_seconds() {
        TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(
                ((WebServerApplicationContext) node.keyledger().context()).getWebServer());
        Connector connector = server.getTomcat().getConnector();
        AbstractHttp11Protocol<?> protocol = (AbstractHttp11Protocol<?>) connector.getProtocolHandler();
        assertThat(protocol.getConnectionTimeout()).isEqualTo(10_000);
        assertThat(protocol.getMaxHttpRequestHeaderSize()).isEqualTo(128 * 1024);
        assertThat(protocol.getMaxSwallowSize()).isEqualTo(256 * 1024);
        assertThat(protocol.getCompression()).isEqualTo("off");
        assertThat(connector.getAllowTrace()).isFalse();
    }

    @Test
    void a_malformed_request_gets_an_answer_without_a_stack_trace() throws IOException {
        URI uri = node.baseUri();
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /?a={} nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 4")
                    .doesNotContain("Exception", "org.apache", "Tomcat");
        }
    }

    @Test
    void a_node_that_lost_its_database_is_alive_and_not_ready_until_it_is_back() throws Exception {
        try (TestDatabase database = TestPostgres.freshDatabase();
                TestNode lone = TestNode.with().database(database).start()) {
            String name = database.url().substring(database.url().lastIndexOf('/') + 1);
            TestPostgres.administer("alter database " + name + " allow_connections false");
            TestPostgres.administer(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
            await(() -> status(lone, "readiness") == 503);
            assertThat(status(lone, "liveness")).isEqualTo(200);

            TestPostgres.administer("alter database " + name + " allow_connections true");
            await(() -> status(lone, "readiness") == 200);
        }
    }

    private static int status(TestNode node, String probe) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(node.baseUri().resolve("/actuator/health/" + probe))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
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
