package dev.keyledger.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.api.extension.ExtensionJar;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node is scraped and parsed; {@code docs/metrics.md} is the contract. */
class MetricsTest {

    /** A row of the documentation: the name in the first column. */
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z_*]+)` \\|", Pattern.MULTILINE);

    private static final Pattern SAMPLE =
            Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static TestNode node;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.with()
                .set(
                        "KEYLEDGER_EXTENSIONS_DIR",
                        ExtensionJar.quietHandler("quiet").toString())
                .start();
        // Figures of webhooks are there if there is one. Of a key that is not there: nothing is sent.
        HttpResponse<String> made = HTTP.send(
                HttpRequest.newBuilder(node.baseUri().resolve("/v1/webhooks"))
                        .header("Authorization", basic())
                        .POST(HttpRequest.BodyPublishers.ofString("""
                                {"url": "https://hooks.example.com/", "keyIds": ["01234567-89ab-cdef-0123-456789abcdee"]}
                                """))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> scraped().contains("keyledger_webhooks_lag"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private record Sample(String name, Map<String, String> labels, double value) {}

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

    private static String scraped() throws Exception {
        HttpResponse<String> answer = get(MetricsEndpoint.PATH, "Authorization", basic());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        return answer.body();
    }

    private static List<Sample> samples(String text) {
        return SAMPLE.matcher(text)
                .results()
                .map(match -> new Sample(match.group(1), labels(match.group(2)), number(match.group(3))))
                .toList();
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text != null) {
            Matcher matcher = LABEL.matcher(text);
            while (matcher.find()) {
                labels.put(matcher.group(1), matcher.group(2));
            }
        }
        return labels;
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    private static double value(String name, Map<String, String> labels) throws Exception {
        return samples(scraped()).stream()
                .filter(sample ->
                        sample.name().equals(name) && sample.labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Sample::value)
                .findFirst()
                .orElse(Double.NaN);
    }

    @Test
    void what_is_documented_is_what_is_exposed() throws Exception {
        scraped();
        Set<String> exposed = Pattern.compile("^# TYPE (\\S+) \\S+$", Pattern.MULTILINE)
                .matcher(scraped())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> documented = ROW.matcher(Files.readString(Path.of("../docs/metrics.md")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        Set<String> families = documented.stream()
                .filter(name -> name.endsWith("_*"))
                .map(name -> name.substring(0, name.length() - 1))
                .collect(Collectors.toSet());
        assertThat(families)
                .as("only what belongs to the virtual machine is documented by family")
                .containsExactlyInAnyOrder("jvm_", "process_", "system_");
        assertThat(families).allSatisfy(family -> assertThat(exposed).anyMatch(name -> name.startsWith(family)));
        documented.removeIf(name -> name.endsWith("_*"));
        exposed.removeIf(name -> families.stream().anyMatch(name::startsWith));
        assertThat(exposed).isEqualTo(documented);
    }

    @Test
    void nothing_that_a_client_chose_becomes_a_label() throws Exception {
        get("/?Action=InventedByTheClient");
        get("/v1/invented-by-the-client", "Authorization", basic());
        get("/?Action=DescribeKey&AccessKeyId=invented-key-id&KeyId=01234567-89ab-cdef-0123-456789abcdef");
        String text = scraped();

        assertThat(text)
                .doesNotContainIgnoringCase("invented")
                .doesNotContain("01234567-89ab", TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET, "bootstrap");
        assertThat(samples(text))
                .filteredOn(sample -> sample.name().startsWith("keyledger_"))
                .flatExtracting(sample -> sample.labels().keySet())
                .containsOnly(
                        "action", "ending", "outcome", "le", "processor", "report", "source", "subscriber", "webhook")
                .isNotEmpty();
        assertThat(samples(text))
                .filteredOn(sample -> sample.name().equals("keyledger_requests_seconds_count"))
                .extracting(sample ->
                        sample.labels().get("action") + " " + sample.labels().get("outcome"))
                .contains("unknown malformed", "unknown refused", "DescribeKey malformed");
    }

    @Test
    void a_request_is_counted_once_and_timed() throws Exception {
        Map<String, String> scrapes = Map.of("action", "GetMetrics", "outcome", "success");
        double before = value("keyledger_requests_seconds_count", scrapes);
        double after = value("keyledger_requests_seconds_count", scrapes);
        // A scrape is counted when it has been answered.
        assertThat(after - (Double.isNaN(before) ? 0 : before)).isEqualTo(1);
        assertThat(value("keyledger_requests_seconds_sum", scrapes)).isPositive();
        assertThat(samples(scraped()))
                .filteredOn(sample -> sample.name().equals("keyledger_requests_seconds_bucket")
                        && sample.labels().entrySet().containsAll(scrapes.entrySet()))
                .extracting(sample -> sample.labels().get("le"))
                .contains("0.001", "0.015", "8.0", "+Inf");
    }

    @Test
    void a_deadline_that_nobody_begins_shows_its_age() throws Exception {
        assertThat(value("keyledger_deadlines_lag_seconds", Map.of())).isBetween(0.0, 60.0);
        node.sql().sql("""
                        insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version, priority)
                        values ('nobody-knows-it', 'one', now() - interval '1 hour', false, 1, 0)
                        """).update();
        assertThat(value("keyledger_deadlines_lag_seconds", Map.of())).isGreaterThan(3_500);
        node.sql()
                .sql("delete from scheduled_tasks where task_name = 'nobody-knows-it'")
                .update();
    }

    @Test
    void the_only_node_gives_records_their_place_and_is_hardly_behind() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!(value("keyledger_sequencer_numbered_records_total", Map.of()) > 0)) {
            assertThat(System.nanoTime()).as("numbered within a minute").isLessThan(deadline);
        }
        assertThat(value("keyledger_sequencer_leader", Map.of())).isEqualTo(1);
        assertThat(value("keyledger_sequencer_lag_seconds", Map.of())).isBetween(0.0, 60.0);
    }

    @Test
    void the_processor_of_the_life_cycle_catches_up() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (value("keyledger_projection_lag_events", Map.of("processor", "key-lifecycle")) != 0) {
            assertThat(System.nanoTime()).as("caught up within a minute").isLessThan(deadline);
        }
    }

    @Test
    void a_scrape_needs_credentials_and_leaves_a_record() throws Exception {
        assertThat(get(MetricsEndpoint.PATH).statusCode()).isEqualTo(401);
        assertThat(get(MetricsEndpoint.PATH, "Authorization", basic(), "X-Forwarded-For", "192.0.2.1")
                        .statusCode())
                .as("not over plain HTTP through somebody else")
                .isEqualTo(401);
        scraped();
        assertThat(node.sql()
                        .sql("select distinct outcome from audit_record where action = 'GetMetrics'")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("Success", "Unauthenticated");
    }

    @Test
    void another_method_is_refused_with_a_problem_document() throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(node.baseUri().resolve(MetricsEndpoint.PATH))
                        .header("Authorization", basic())
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
    }

    @Test
    void openmetrics_is_given_to_those_who_ask() throws IOException, Exception {
        HttpResponse<String> answer = get(
                MetricsEndpoint.PATH,
                "Authorization",
                basic(),
                "Accept",
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(answer.body()).endsWith("# EOF\n");
    }
}
