package dev.keyledger.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The endpoints under {@code /v1} over HTTP, on two nodes that share a store with the test clock. */
class V1Test {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static TestDatabase database;
    private static TestNode first;
    private static TestNode second;

    @BeforeAll
    static void start() {
        database = TestPostgres.freshDatabase();
        first = TestNode.with().database(database).testClock().start();
        second = TestNode.with().database(database).testClock().start();
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
        database.close();
    }

    /** A decoded answer; the body is an empty object where there is none. */
    private record Reply(int status, JsonNode body, String requestId) {

        String text(String name) {
            return body.path(name).stringValue();
        }
    }

    /** A pair of access key id and secret. */
    private record Login(String id, String secret) {

        static final Login BOOTSTRAP = new Login(TestNode.ACCESS_KEY_ID, TestNode.ACCESS_KEY_SECRET);

        String header() {
            return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Reply send(TestNode node, Login login, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(node.baseUri().resolve(path))
                .header("Authorization", login.header())
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(60))
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    answer.statusCode(),
                    answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body()),
                    answer.headers().firstValue("x-acs-request-id").orElse(""));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static Reply get(TestNode node, String path) {
        return send(node, Login.BOOTSTRAP, "GET", path, "");
    }

    private static Reply post(TestNode node, String path, String body) {
        return send(node, Login.BOOTSTRAP, "POST", path, body);
    }

    /** Action and outcome of the one audit record that a request has left. */
    private static String record(Reply reply) {
        return first.sql()
                .sql("select action || ' ' || outcome from audit_record where request_id = :request::uuid")
                .param("request", reply.requestId())
                .query(String.class)
                .single();
    }

    @Nested
    class TheClock {

        @Test
        void is_read() {
            Reply reply = get(first, "/v1/clock");

            assertThat(reply.status()).isEqualTo(200);
            assertThat(Instant.parse(reply.text("now"))).isAfter(Instant.now().minusSeconds(60));
            assertThat(Duration.parse(reply.text("offset"))).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(record(reply)).isEqualTo("GetClock Success");
        }

        @Test
        void is_advanced_on_every_node_and_the_advance_is_recorded() {
            Instant before = Instant.parse(get(first, "/v1/clock").text("now"));
            Duration offset = Duration.parse(get(first, "/v1/clock").text("offset"));

            Reply reply = post(first, "/v1/clock", "{\"advance\":\"P8DT1H\"}");

            assertThat(reply.status()).isEqualTo(200);
            assertThat(Duration.parse(reply.text("offset")))
                    .isEqualTo(offset.plusDays(8).plusHours(1));
            assertThat(Instant.parse(reply.text("now"))).isAfter(before.plus(Duration.ofDays(8)));
            assertThat(get(second, "/v1/clock").text("offset")).isEqualTo(reply.text("offset"));
            assertThat(record(reply)).isEqualTo("AdvanceClock Success");
            assertThat(first.sql()
                            .sql("select reason from audit_record where request_id = :request::uuid")
                            .param("request", reply.requestId())
                            .query(String.class)
                            .single())
                    .isEqualTo("advanced by PT193H");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"advance\":\"PT0S\"}",
                    "{\"advance\":\"-P1D\"}",
                    "{\"advance\":\"P-1D\"}",
                    "{\"advance\":\"P2DT-1H\"}",
                    "{\"advance\":\"PT0.0009S\"}",
                    "{\"advance\":\"P1M\"}",
                    "{\"advance\":\"P1Y\"}",
                    "{\"advance\":\"8 days\"}",
                    "{\"advance\":\"\"}",
                    "{\"advance\":8}",
                    "{\"advance\":null}",
                    "{\"advance\":\"P36501D\"}",
                    "{\"advance\":\"P99999999999999999999D\"}",
                    "{\"advance\":\"PT9223372036854775807S\"}"
                })
        void does_not_take_what_is_no_positive_duration(String body) {
            String offset = get(first, "/v1/clock").text("offset");

            Reply reply = post(first, "/v1/clock", body);

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text("code")).isEqualTo("InvalidParameter");
            assertThat(reply.text("detail")).contains("advance");
            assertThat(record(reply)).isEqualTo("AdvanceClock Refused");
            assertThat(get(first, "/v1/clock").text("offset")).isEqualTo(offset);
        }

        @Test
        void does_not_go_farther_than_a_hundred_years_in_all() {
            post(first, "/v1/clock", "{\"advance\":\"P1D\"}");
            String offset = get(first, "/v1/clock").text("offset");

            assertThat(post(first, "/v1/clock", "{\"advance\":\"P36500D\"}").status())
                    .isEqualTo(400);
            assertThat(get(second, "/v1/clock").text("offset")).isEqualTo(offset);
        }

        @Test
        void needs_the_duration() {
            assertThat(post(first, "/v1/clock", "{}").text("code")).isEqualTo("MissingParameter");
        }

        @Test
        void does_not_exist_on_an_ordinary_store() {
            try (TestNode ordinary = TestNode.start()) {
                assertThat(get(ordinary, "/v1/clock").status()).isEqualTo(404);
                assertThat(post(ordinary, "/v1/clock", "{\"advance\":\"P8D\"}").status())
                        .isEqualTo(404);
                assertThat(ordinary.sql()
                                .sql("select \"offset\" = interval '0' from store_clock")
                                .query(Boolean.class)
                                .single())
                        .isTrue();
            }
        }
    }

    @Nested
    class TheHoldOnDestruction {

        @Test
        void is_shown_and_released_once() {
            assertThat(get(first, "/v1/destruction-hold").body().path("held").booleanValue())
                    .isFalse();
            first.sql().sql("""
                            insert into destruction_hold (cause, detail, held_at, node_id)
                            values ('CLOCK_JUMPED', 'a test', clock_timestamp(), 'node')
                            """).update();

            Reply held = get(second, "/v1/destruction-hold");
            assertThat(held.body().path("held").booleanValue()).isTrue();
            assertThat(held.text("cause")).isEqualTo("CLOCK_JUMPED");
            assertThat(held.text("detail")).isEqualTo("a test");
            assertThat(Instant.parse(held.text("since"))).isBefore(Instant.now().plusSeconds(60));
            assertThat(get(second, "/v1/health").body().toString()).contains("CLOCK_JUMPED");

            Reply released = post(second, "/v1/destruction-hold/release", "");
            assertThat(released.body().path("released").booleanValue()).isTrue();
            assertThat(record(released)).isEqualTo("ReleaseDestructionHold Success");
            assertThat(first.sql()
                            .sql("select released_by from destruction_hold where detail = 'a test'")
                            .query(String.class)
                            .single())
                    .isEqualTo("bootstrap");
            assertThat(get(first, "/v1/destruction-hold").body().path("held").booleanValue())
                    .isFalse();
            assertThat(post(second, "/v1/destruction-hold/release", "")
                            .body()
                            .path("released")
                            .booleanValue())
                    .isFalse();
        }
    }

    @Nested
    class AccessKeys {

        private Login create(String principal) {
            Reply made = post(first, "/v1/access-keys", "{\"principal\":\"" + principal + "\"}");
            assertThat(made.status()).isEqualTo(201);
            return new Login(made.text("accessKeyId"), made.text("accessKeySecret"));
        }

        private String unique() {
            return "p-" + UUID.randomUUID();
        }

        @Test
        void are_made_with_a_secret_that_is_shown_once_and_works_on_every_node() {
            String principal = unique();

            Reply made = post(first, "/v1/access-keys", "{\"principal\":\"" + principal + "\"}");

            assertThat(made.status()).isEqualTo(201);
            assertThat(made.text("principal")).isEqualTo(principal);
            assertThat(made.text("status")).isEqualTo("Active");
            assertThat(made.text("createdBy")).isEqualTo(TestNode.ACCESS_KEY_ID);
            assertThat(made.body().path("bootstrap").booleanValue()).isFalse();
            assertThat(record(made)).isEqualTo("CreateAccessKey Success");
            Login login = new Login(made.text("accessKeyId"), made.text("accessKeySecret"));
            assertThat(send(second, login, "GET", "/v1/access-keys", "").status())
                    .isEqualTo(200);
            assertThat(get(first, "/v1/access-keys?limit=1000").body().toString())
                    .contains(login.id())
                    .doesNotContain(login.secret());
        }

        @Test
        void are_two_a_principal_at_most() {
            String principal = unique();
            create(principal);
            create(principal);

            Reply third = post(first, "/v1/access-keys", "{\"principal\":\"" + principal + "\"}");

            assertThat(third.text("code")).isEqualTo("Rejected.LimitExceeded");
            assertThat(record(third)).isEqualTo("CreateAccessKey Refused");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"\"", "\"two words\"", "\"system\"", "7", "null", "\"-\""})
        void need_a_proper_principal(String principal) {
            assertThat(post(first, "/v1/access-keys", "{\"principal\":" + principal + "}")
                            .text("code"))
                    .isEqualTo("InvalidParameter");
        }

        @Test
        void are_disabled_enabled_and_deleted_at_once_on_every_node() {
            Login login = create(unique());

            Reply disabled = post(first, "/v1/access-keys/" + login.id() + "/disable", "");
            assertThat(disabled.status()).isEqualTo(204);
            assertThat(record(disabled)).isEqualTo("DisableAccessKey Success");
            assertThat(send(second, login, "GET", "/v1/clock", "").text("code")).isEqualTo("Forbidden.AccessKey");

            assertThat(post(second, "/v1/access-keys/" + login.id() + "/enable", "")
                            .status())
                    .isEqualTo(204);
            assertThat(send(first, login, "GET", "/v1/clock", "").status()).isEqualTo(200);

            Reply deleted = send(second, Login.BOOTSTRAP, "DELETE", "/v1/access-keys/" + login.id(), "");
            assertThat(deleted.status()).isEqualTo(204);
            assertThat(record(deleted)).isEqualTo("DeleteAccessKey Success");
            assertThat(send(first, login, "GET", "/v1/clock", "").status()).isEqualTo(401);
        }

        @Test
        void that_do_not_exist_are_not_found() {
            for (Reply reply : List.of(
                    post(first, "/v1/access-keys/nobody/disable", ""),
                    post(first, "/v1/access-keys/nobody/enable", ""),
                    send(first, Login.BOOTSTRAP, "DELETE", "/v1/access-keys/nobody", ""))) {
                assertThat(reply.status()).isEqualTo(404);
                assertThat(reply.text("code")).isEqualTo("InvalidAccessKeyId.NotFound");
            }
        }

        @Test
        void are_listed_page_by_page() {
            for (int n = 0; n < 3; n++) {
                create(unique());
            }
            List<String> all = ids(get(first, "/v1/access-keys?limit=1000"));
            List<String> paged = new ArrayList<>();
            Reply page = get(first, "/v1/access-keys?limit=2");
            while (true) {
                assertThat(ids(page)).hasSizeLessThanOrEqualTo(2);
                paged.addAll(ids(page));
                if (!page.body().has("nextCursor")) {
                    break;
                }
                page = get(second, "/v1/access-keys?limit=2&cursor=" + page.text("nextCursor"));
            }

            assertThat(paged).isEqualTo(all).hasSizeGreaterThanOrEqualTo(4);
        }

        private List<String> ids(Reply page) {
            List<String> ids = new ArrayList<>();
            page.body()
                    .path("accessKeys")
                    .forEach(each -> ids.add(each.path("accessKeyId").stringValue()));
            return ids;
        }

        @ParameterizedTest
        @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "limit=-1", "cursor=%3F", "cursor=AA"})
        void are_not_listed_by_a_page_that_cannot_be(String query) {
            assertThat(get(first, "/v1/access-keys?" + query).text("code")).isEqualTo("InvalidParameter");
        }

        @Test
        void never_run_out() {
            // A store of its own: the others would be locked out as well.
            try (TestNode node = TestNode.start()) {
                String bootstrap = "/v1/access-keys/" + TestNode.ACCESS_KEY_ID;
                for (Reply reply : List.of(
                        post(node, bootstrap + "/disable", ""), send(node, Login.BOOTSTRAP, "DELETE", bootstrap, ""))) {
                    assertThat(reply.status()).isEqualTo(409);
                    assertThat(reply.text("code")).isEqualTo("Rejected.LastAccessKey");
                }
                Reply made = post(node, "/v1/access-keys", "{\"principal\":\"other\"}");
                Login other = new Login(made.text("accessKeyId"), made.text("accessKeySecret"));
                assertThat(post(node, bootstrap + "/disable", "").status()).isEqualTo(204);
                assertThat(get(node, "/v1/access-keys").status()).isEqualTo(403);
                assertThat(send(node, other, "POST", "/v1/access-keys/" + other.id() + "/disable", "")
                                .status())
                        .isEqualTo(409);
                assertThat(send(node, other, "POST", bootstrap + "/enable", "").status())
                        .isEqualTo(204);
            }
        }
    }
}
