package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Every request to a whole node leaves exactly one row in the audit table, under the id it was answered with. */
class RequestAuditIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static TestNode node;

    @BeforeAll
    static void start() {
        // So that requests can come from many addresses, and none is counted instead of recorded.
        node = TestNode.with().set("KEYLEDGER_TRUSTED_PROXIES", "127.0.0.1").start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void a_read_a_change_and_a_refused_change() {
        RawHttp.Answer created = send(
                request("CreateKey").with("Origin", "EXTERNAL").signed("POST").postInBody());
        String keyId = JSON.readTree(created.body()).at("/KeyMetadata/KeyId").stringValue();
        RawHttp.Answer read =
                send(request("DescribeKey").with("KeyId", keyId).signed("GET").get());
        RawHttp.Answer refused =
                send(request("DisableKey").with("KeyId", keyId).signed("GET").get());

        assertRecorded(created, "CreateKey", "Success", null);
        assertRecorded(read, "DescribeKey", "Success", null);
        assertRecorded(refused, "DisableKey", "Refused", "Rejected.StateModifiedFailed");
    }

    @Test
    void requests_that_nobody_proved_to_have_sent() {
        assertRecorded(
                send(request("ListKeys")
                        .with("AccessKeyId", "nobody")
                        .signed("GET")
                        .get()),
                "ListKeys",
                "Unauthenticated",
                "InvalidAccessKeyId.NotFound");
        assertRecorded(
                send(request("ListKeys").with("Signature", "d3Jvbmc=").get()),
                "ListKeys",
                "Unauthenticated",
                "SignatureDoesNotMatch");
    }

    @Test
    void a_replay_of_a_read_and_of_a_change() {
        String read = request("ListKeys").signed("GET").get();
        String change = request("CreateKey").signed("GET").get();

        assertRecorded(send(read), "ListKeys", "Success", null);
        assertRecorded(send(read), "ListKeys", "Unauthenticated", "SignatureNonceUsed");
        assertRecorded(send(change), "CreateKey", "Success", null);
        long keys = count("key_state");
        assertRecorded(send(change), "CreateKey", "Unauthenticated", "SignatureNonceUsed");
        assertThat(count("key_state")).isEqualTo(keys);
    }

    @Test
    void requests_that_could_not_be_read() {
        assertRecorded(send("PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), "", "Malformed", "UnsupportedHTTPMethod");
        assertRecorded(
                send("GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"), "", "Malformed", "ParseRequestParameterException");
        assertRecorded(send("GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n"), "", "Malformed", "InvalidAction.NotFound");
        assertRecorded(
                send(request("Nothing\u0007\u5bc6").get()),
                "Nothing\u0007\u5bc6",
                "Malformed",
                "InvalidAction.NotFound");
    }

    @Test
    void requests_beside_the_protocol() {
        String credentials = Base64.getEncoder()
                .encodeToString((node.accessKeyId() + ":" + node.accessKeySecret()).getBytes(StandardCharsets.UTF_8));

        assertRecorded(
                send("GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n"),
                "Unknown",
                "Unauthenticated",
                "IncompleteSignature");
        assertRecorded(
                send(
                        "GET /v1/nothing HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.0.1\r\nAuthorization: Basic "
                                + credentials + "\r\n\r\n"),
                "Unknown",
                "Refused",
                "InvalidAction.NotFound");
    }

    @Test
    void a_request_line_of_100_kilobytes_is_taken() {
        RawHttp.Answer answer = send(request("CreateKey")
                .with("Description", "\u5bc6".repeat(8_192))
                .signed("POST")
                .postInQuery());

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void every_operation_of_the_registry_asks_for_permission_or_refuses_before() {
        // Without parameters most stop at the first one missing; none may end in a fault.
        for (String operation : node.bean(OperationRegistry.class).names()) {
            RawHttp.Answer answer = send(request(operation).signed("POST").postInBody());

            assertThat(answer.status()).as(operation + ": " + answer.body()).isLessThan(500);
            assertThat(rows(answer)).as(operation).hasSize(1);
        }
    }

    @Test
    void liveness_needs_no_credentials_and_leaves_no_record() {
        long before = count("audit_record");

        RawHttp.Answer answer = send("GET /actuator/health/liveness HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(count("audit_record")).isEqualTo(before);
    }

    /** Requests that no client of ours sends, but that reach us. */
    static Stream<String> oddRequests() {
        String host = "Host: a\r\n";
        String basic = "Authorization: Basic "
                + Base64.getEncoder()
                        .encodeToString((TestNode.ACCESS_KEY_ID + ":" + TestNode.ACCESS_KEY_SECRET)
                                .getBytes(StandardCharsets.UTF_8))
                + "\r\n";
        Stream<String> bodiless = Stream.of(
                        "GET /",
                        "HEAD /",
                        "OPTIONS /",
                        "DELETE /",
                        "PATCH /",
                        "INVENTED /",
                        "GET /?Action=DescribeRegions&Action=ListKeys",
                        "GET /?%00=%00",
                        "GET /?a=%ff",
                        "GET /?" + "a=b&".repeat(4_000),
                        "GET /favicon.ico",
                        "GET /error",
                        "GET //",
                        "GET /a/../b",
                        "GET /%2e%2e/%2e",
                        "GET /;a=b",
                        "GET /v1",
                        "GET /v1/",
                        "GET /v1//keys",
                        "GET /v1/keys/",
                        "GET /v1/keys;a=b",
                        "GET /v1/%ff",
                        "GET /v1/keys/..%3b/",
                        "HEAD /v1/keys",
                        "OPTIONS /v1/keys",
                        "PUT /v1/keys",
                        "INVENTED /v1/keys",
                        "GET /v1/keys?limit=" + "9".repeat(5_000),
                        "GET /v1/keys/not-a-key/timeline",
                        "GET /v1/audit/records/999999999999999999999",
                        "GET /v1/log/tile/0/x",
                        "GET /actuator",
                        "GET /actuator/env",
                        "GET /actuator/prometheus/x",
                        "OPTIONS /actuator/prometheus",
                        "POST /actuator/prometheus")
                .flatMap(line -> Stream.of(line + " HTTP/1.1\r\n" + host, line + " HTTP/1.1\r\n" + host + basic))
                .map(head -> head + "\r\n");
        Stream<String> headers = Stream.of(
                        "Accept: nonsense",
                        "Accept: text/html",
                        "Accept-Language: %%%",
                        "Authorization: Basic !!!",
                        "Authorization: ACS3-HMAC-SHA256 x",
                        "Content-Type: nonsense",
                        "Content-Type: text/plain; charset=nonsense",
                        "Content-Type: multipart/form-data; boundary=x",
                        "Origin: http://elsewhere",
                        "Range: bytes=0-1",
                        "Upgrade: h2c\r\nConnection: Upgrade",
                        "X-Forwarded-For: nonsense",
                        "x-keyledger-reason: \u0080",
                        "Cookie: " + "a".repeat(4_000))
                .flatMap(line -> Stream.of("GET /v1/keys", "GET /", "OPTIONS /v1/keys")
                        .map(target -> target + " HTTP/1.1\r\n" + host + line + "\r\n\r\n"));
        Stream<String> preflight = Stream.of("/", "/v1/keys", "/actuator/prometheus", "/v1/nothing")
                .map(path -> "OPTIONS " + path + " HTTP/1.1\r\n" + host
                        + "Origin: http://elsewhere\r\nAccess-Control-Request-Method: GET\r\n\r\n");
        Stream<String> bodies = Stream.of("", "{", "[]", "null", "{\"a\":1,\"a\":2}", "\u0000", "{} {}")
                .flatMap(body -> Stream.of("/", "/v1/access-keys")
                        .flatMap(path -> Stream.of("application/json", "application/x-www-form-urlencoded", "text/xml")
                                .map(type -> "POST " + path + " HTTP/1.1\r\n" + host + basic + "Content-Type: " + type
                                        + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)));
        Stream<String> tooLong = Stream.of("/", "/v1/access-keys")
                .map(path -> "POST " + path + " HTTP/1.1\r\n" + host + basic
                        + "Content-Type: application/json\r\nContent-Length: 2000000\r\n\r\n" + "x".repeat(2_000_000));
        Stream<String> chunked = Stream.of("0\r\n\r\n", "1\r\na\r\n0\r\n\r\n", "nonsense\r\n", "2\r\nabcd\r\n0\r\n\r\n")
                .flatMap(body -> Stream.of("/", "/v1/access-keys")
                        .map(path -> "POST " + path + " HTTP/1.1\r\n" + host + basic
                                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body));
        return Stream.of(bodiless, headers, preflight, bodies, tooLong, chunked).flatMap(each -> each);
    }

    /** Liveness and readiness, which are asked several times a minute, leave none; what is no HTTP the web server refuses before us. */
    @Test
    void every_odd_request_that_is_answered_has_one_record_under_its_id() {
        List<String> wrong = new ArrayList<>();
        int sent = 0;
        for (String odd : oddRequests().toList()) {
            long before = asked();
            String shown = odd.substring(0, Math.min(120, odd.length())).replace("\r\n", " | ");
            try {
                String from = "Host: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 10." + sent / 250 + "."
                        + sent++ % 250 + ".1\r\n";
                RawHttp.Answer answer = send(odd.replaceFirst("Host: a\r\n", from));
                String id = answer.headers().get("x-acs-request-id");
                long made = asked() - before;
                // A body that is no HTTP is refused by the web server although the request was ours, and recorded,
                // already.
                boolean refusedBefore = id == null && answer.status() == 400 && made == 0;
                if (!refusedBefore && (made != 1 || (id != null && recordsOf(id) != 1))) {
                    wrong.add(answer.status() + ", " + made + " records, id " + id + ": " + shown);
                }
            } catch (UncheckedIOException cut) {
                wrong.add("no answer: " + shown);
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Records of requests; what the system does by itself meanwhile has its own. */
    private static long asked() {
        return count("audit_record where principal is distinct from 'system'");
    }

    private static long recordsOf(String id) {
        return node.bean(JdbcClient.class)
                .sql("select count(*) from audit_record where request_id = :id::uuid")
                .param("id", id)
                .query(Long.class)
                .single();
    }

    private static ClientRequest request(String action) {
        return ClientRequest.v1(action).by(node.accessKeyId(), node.accessKeySecret());
    }

    private static RawHttp.Answer send(String request) {
        return RawHttp.once(node.baseUri().getPort(), request);
    }

    private static void assertRecorded(RawHttp.Answer answer, String action, String outcome, @Nullable String code) {
        List<Map<String, Object>> rows = rows(answer);
        assertThat(rows).as(answer.body()).hasSize(1);
        assertThat(rows.get(0))
                .as(answer.body())
                .containsEntry("action", action)
                .containsEntry("outcome", outcome)
                .containsEntry("error_code", code);
    }

    private static List<Map<String, Object>> rows(RawHttp.Answer answer) {
        return node.sql()
                .sql("select action, outcome, error_code from audit_record where request_id = :id::uuid")
                .param("id", answer.headers().get("x-acs-request-id"))
                .query()
                .listOfRows();
    }

    private static long count(String table) {
        return node.bean(JdbcClient.class)
                .sql("select count(*) from " + table)
                .query(Long.class)
                .single();
    }
}
