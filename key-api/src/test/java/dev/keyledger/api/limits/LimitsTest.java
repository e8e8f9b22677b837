package dev.keyledger.api.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The limits of a whole node, over HTTP and down to the rows of the audit log. */
class LimitsTest {

    private static final int AT_A_TIME = 50;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static HttpResponse<String> get(TestNode node, String path, String password) {
        return ask(node, path, password).join();
    }

    private static CompletableFuture<HttpResponse<String>> ask(TestNode node, String path, String password) {
        String credentials = TestNode.ACCESS_KEY_ID + ":" + password;
        return HTTP.sendAsync(
                HttpRequest.newBuilder(node.baseUri().resolve(path))
                        .timeout(Duration.ofSeconds(30))
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<HttpResponse<String>> askAtOnce(TestNode node, String path, String password) {
        List<CompletableFuture<HttpResponse<String>>> asked = Stream.generate(() -> ask(node, path, password))
                .limit(AT_A_TIME)
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void floods_are_refused_in_either_protocol_and_every_request_of_them_is_recorded_or_counted() {
        int failed = 400;
        try (TestDatabase database = TestPostgres.freshDatabase()) {
            try (TestNode node = TestNode.with()
                    .database(database)
                    .set("KEYLEDGER_LIMIT_MANAGEMENT", "1/3")
                    .set("KEYLEDGER_LIMIT_FAILED_AUTH", "1/5")
                    .start()) {
                HttpResponse<String> over = get(node, "/v1/destruction-hold", TestNode.ACCESS_KEY_SECRET);
                for (int i = 0; i < 100 && over.statusCode() == 200; i++) {
                    over = get(node, "/v1/destruction-hold", TestNode.ACCESS_KEY_SECRET);
                }
                assertThat(over.statusCode()).isEqualTo(429);
                assertThat(over.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(over.body()).contains("\"code\":\"Rejected.Throttling\"", "\"status\":429");

                // Many at a time: on a busy machine one after the other would be no flood.
                boolean refusedUnread = false;
                for (int i = 0; i < failed; i += AT_A_TIME) {
                    for (HttpResponse<String> answer : askAtOnce(node, "/v1/health", "a wrong secret")) {
                        assertThat(answer.statusCode()).isIn(401, 429);
                        refusedUnread |= answer.statusCode() == 429;
                    }
                }
                assertThat(refusedUnread).isTrue();
                // One or two may find that they are allowed again.
                List<HttpResponse<String>> rpc =
                        askAtOnce(node, "/?Action=DescribeRegions&Version=2016-01-20&Format=JSON", "");
                assertThat(rpc)
                        .extracting(HttpResponse::statusCode)
                        .contains(429)
                        .isSubsetOf(400, 429);
                assertThat(rpc)
                        .filteredOn(answer -> answer.statusCode() == 429)
                        .allSatisfy(answer -> assertThat(answer.body())
                                .contains("\"Code\":\"Rejected.Throttling\"", "\"Message\":\"QPS Limit Exceeded\""));
            }

            JdbcClient sql = JdbcClient.create(
                    new DriverManagerDataSource(database.url(), database.ownerUser(), database.ownerPassword()));
            long singles = sql.sql("select count(*) from audit_record where action in ('GetHealth', 'DescribeRegions')")
                    .query(Long.class)
                    .single();
            long counted = sql.sql("""
                            select reason from audit_record where action = 'FloodSummary' and principal = 'system'
                                and auth_method = 'system' and source_ip = '127.0.0.1'
                                and error_code in ('Rejected.Throttling', 'SignatureDoesNotMatch', 'IllegalTimestamp')
                                and outcome in ('Unauthenticated', 'Malformed')
                            """).query(String.class).list().stream()
                    .mapToLong(LimitsTest::count)
                    .sum();
            assertThat(singles).isLessThan(failed);
            assertThat(singles + counted).isEqualTo(failed + AT_A_TIME);
        }
    }

    private static long count(String reason) {
        Matcher matcher = Pattern.compile("count=([0-9]+) from=\\S+ to=\\S+").matcher(reason);
        assertThat(matcher.matches()).as(reason).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
