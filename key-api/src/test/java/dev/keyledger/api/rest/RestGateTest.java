package dev.keyledger.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.auth.Acs3Signature;
import dev.keyledger.api.auth.SignedRequest;
import dev.keyledger.api.protocol.MemoryAccessKeys;
import dev.keyledger.api.protocol.RawHttp;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that every endpoint under {@code /v1} shares, over real HTTP and the web layer as the executable has it. */
class RestGateTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GOOD = basic(MemoryAccessKeys.ENABLED, MemoryAccessKeys.SECRET);

    private static RestServer server;

    @BeforeAll
    static void start() {
        server = RestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void reset() {
        server.audit().clear();
        server.permission().deny = false;
    }

    @Test
    void basic_authentication_from_this_machine_is_served_and_recorded_as_unprotected() {
        RawHttp.Answer answer = send("GET", "/v1/things/1?q=a%20b", "", GOOD);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).get("q").stringValue()).isEqualTo("a b");
        assertThat(server.audit().only().outcome()).isEqualTo(Outcome.SUCCESS);
        assertThat(server.audit().only().authMethod()).isEqualTo("basic");
        assertThat(server.audit().only().action()).isEqualTo("GetThing");
        assertThat(server.audit().only().replayProtected()).isFalse();
        assertThat(answer.headers())
                .containsEntry("x-acs-request-id", server.audit().only().requestId());
        assertThat(answer.headers()).containsEntry("cache-control", "no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 203.0.113.1",
                "X-Forwarded-Proto: https",
                "Forwarded: for=203.0.113.1;proto=https",
                "Via: 1.1 proxy",
                "X-Real-IP: 203.0.113.1"
            })
    void basic_authentication_through_a_proxy_that_nobody_trusts_is_refused(String header) {
        JsonNode problem = assertProblem(send("GET", "/v1/things/1", "", GOOD, header), 401, "IncompleteSignature");

        assertThat(problem.get("detail").stringValue()).startsWith("Basic authentication needs");
        assertThat(server.audit().only().reason()).isEqualTo("basic authentication without TLS");
    }

    @Test
    void basic_authentication_through_a_trusted_proxy_is_served_if_the_proxy_saw_tls() {
        try (RestServer behindProxy = RestServer.start("127.0.0.0/8")) {
            assertThat(send(behindProxy, "GET", "/v1/things/1", "", GOOD, "X-Forwarded-Proto: https")
                            .status())
                    .isEqualTo(200);
            assertThat(send(behindProxy, "GET", "/v1/things/1", "", GOOD, "X-Forwarded-Proto: http, https")
                            .status())
                    .isEqualTo(401);
            assertThat(send(behindProxy, "GET", "/v1/things/1", "", GOOD).status())
                    .isEqualTo(401);
        }
    }

    @Test
    void wrong_and_unknown_credentials_are_answered_alike_and_recorded_apart() {
        JsonNode wrong = assertProblem(
                send("GET", "/v1/things/1", "", basic(MemoryAccessKeys.ENABLED, "wrong")),
                401,
                "SignatureDoesNotMatch");
        server.audit().clear();
        JsonNode unknown = assertProblem(
                send("GET", "/v1/things/1", "", basic("nobody", MemoryAccessKeys.SECRET)),
                401,
                "InvalidAccessKeyId.NotFound");

        assertThat(wrong.get("detail")).isEqualTo(unknown.get("detail"));
    }

    @Test
    void a_disabled_access_key_is_forbidden() {
        assertProblem(
                send("GET", "/v1/things/1", "", basic(MemoryAccessKeys.DISABLED, MemoryAccessKeys.SECRET)),
                403,
                "Forbidden.AccessKey");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: 1",
                "Authorization: Basic",
                "Authorization: Basic ???",
                "Authorization: Basic bm9jb2xvbg==",
                "Authorization: Bearer x",
                "Authorization: Basic OnNlY3JldA=="
            })
    void no_or_malformed_credentials_are_challenged(String header) {
        RawHttp.Answer answer = send("GET", "/v1/things/1", "", header);

        assertProblem(answer, 401, "IncompleteSignature");
        assertThat(answer.headers()).containsKey("www-authenticate");
        assertThat(server.audit().only().outcome()).isEqualTo(Outcome.unauthenticated(ErrorCode.INCOMPLETE_SIGNATURE));
    }

    @Test
    void a_header_signature_over_path_query_and_body_is_served_once() {
        String body = "{\"name\":\"n\"}";
        String[] headers = signed("POST", "/v1/things", Map.of(), body, Map.of());

        assertThat(send("POST", "/v1/things", body, headers).status()).isEqualTo(201);
        assertThat(server.audit().only().replayProtected()).isTrue();
        assertThat(problem(send("POST", "/v1/things", body, headers))
                        .get("code")
                        .stringValue())
                .isEqualTo("SignatureNonceUsed");
    }

    @Test
    void the_encoded_path_is_covered() {
        String[] headers = signed("GET", "/v1/things/a%20b", Map.of("q", "1 2"), "", Map.of());

        assertThat(send("GET", "/v1/things/a%20b?q=1+2", "", headers).status()).isEqualTo(200);
        server.audit().clear();
        assertProblem(send("GET", "/v1/things/a%20c?q=1+2", "", headers), 401, "SignatureDoesNotMatch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "x-acs-signature-nonce", "x-acs-content-sha256"})
    void what_must_be_signed_must_be_signed(String header) {
        String[] headers = signed("GET", "/v1/things/1", Map.of(), "", Map.of(header, ""));

        assertProblem(send("GET", "/v1/things/1", "", headers), 401, "IncompleteSignature");
    }

    @Test
    void a_changed_body_does_not_match() {
        String[] headers = signed("POST", "/v1/things", Map.of(), "{\"name\":\"a\"}", Map.of());

        assertProblem(send("POST", "/v1/things", "{\"name\":\"b\"}", headers), 401, "SignatureDoesNotMatch");
    }

    @Test
    void permission_is_asked_for() {
        server.permission().deny = true;

        assertProblem(send("GET", "/v1/things/1", "", GOOD), 403, "Forbidden.NoPermission");
        assertThat(server.audit().only().outcome())
                .isEqualTo(new Outcome(Outcome.Result.DENIED, ErrorCode.NO_PERMISSION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{} {}", "{\"a\":1,\"a\":2}"})
    void a_body_that_is_not_one_json_object_is_refused(String body) {
        assertProblem(send("POST", "/v1/things", body, GOOD), 400, "ParseRequestParameterException");
    }

    @Test
    void a_form_body_is_read_as_the_bytes_it_is() {
        assertProblem(
                send("POST", "/v1/things", "a=1", GOOD, "Content-Type: application/x-www-form-urlencoded"),
                400,
                "ParseRequestParameterException");
    }

    @Test
    void a_multipart_body_is_taken_apart_by_nobody() {
        assertProblem(
                send("POST", "/v1/things", "--x\r\n", GOOD, "Content-Type: multipart/form-data; boundary=x"),
                400,
                "ParseRequestParameterException");
    }

    @Test
    void a_fault_is_a_problem_without_detail() {
        JsonNode problem = assertProblem(send("POST", "/v1/things", "{\"broken\":true}", GOOD), 500, "InternalFailure");

        assertThat(problem.toString()).doesNotContain("secret");
    }

    @Test
    void nothing_leaves_while_the_audit_log_cannot_be_written() {
        server.audit().failWith(new IllegalStateException("disk full"));

        RawHttp.Answer answer = send("GET", "/v1/things/1?q=content", "", GOOD);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/", "/v1/nothing", "/v1/things/1/more"})
    void unknown_endpoints_are_answered_and_recorded(String path) {
        assertProblem(send("GET", path, "", GOOD), 404, "InvalidAction.NotFound");
        assertThat(server.audit().only().action()).isEqualTo("Unknown");
    }

    @Test
    void strangers_do_not_learn_which_endpoints_there_are() {
        assertProblem(send("GET", "/v1/nothing", ""), 401, "IncompleteSignature");
    }

    @Test
    void another_method_is_answered_and_recorded() {
        assertProblem(send("PUT", "/v1/things/1", "", GOOD), 405, "UnsupportedHTTPMethod");
        assertThat(server.audit().only().outcome().error()).isEqualTo(ErrorCode.UNSUPPORTED_HTTP_METHOD);
    }

    @Test
    void the_vendors_protocol_has_the_root_path_and_every_unknown_one() {
        assertThat(send("PUT", "/", "").body()).contains("UnsupportedHTTPMethod");
        assertThat(send("GET", "/?Action=Nothing", "").body()).contains("InvalidAction.NotFound");
        for (String path : List.of("/index.html", "/v2", "/v1x", "/error", "/favicon.ico")) {
            RawHttp.Answer answer = send("GET", path, "");
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.body()).as(path).contains("InvalidAction.NotFound");
        }
        assertThat(server.audit().entries()).hasSize(7);
    }

    @Test
    void a_multipart_post_to_the_vendors_protocol_is_not_taken_apart() {
        assertThat(send("POST", "/", "--x\r\n", "Content-Type: multipart/form-data; boundary=x")
                        .body())
                .contains("The parameter  Action  needed");
    }

    @Test
    void an_answer_that_breaks_while_it_is_sent_has_no_end() {
        assertThat(send("GET", "/v1/streams/whole", "", GOOD).body()).hasSize(100_000);

        assertThatThrownBy(() -> send("GET", "/v1/streams/broken", "", GOOD))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("connection closed");
    }

    private static JsonNode assertProblem(RawHttp.Answer answer, int status, String code) {
        JsonNode problem = problem(answer);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(problem.propertyNames()).containsExactly("type", "title", "status", "detail", "code", "requestId");
        assertThat(problem.get("code").stringValue()).isEqualTo(code);
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(server.audit().only().outcome().errorCode()).isEqualTo(code);
        assertThat(problem.get("requestId").stringValue())
                .isEqualTo(server.audit().only().requestId());
        return problem;
    }

    private static JsonNode problem(RawHttp.Answer answer) {
        return JSON.readTree(answer.body());
    }

    private static RawHttp.Answer send(String method, String target, String body, String... headers) {
        return send(server, method, target, body, headers);
    }

    private static RawHttp.Answer send(RestServer to, String method, String target, String body, String... headers) {
        String host = List.of(headers).stream().anyMatch(header -> header.startsWith("host:")) ? "" : "Host: a\r\n";
        String lines = List.of(headers).stream().map(header -> header + "\r\n").collect(Collectors.joining());
        return RawHttp.once(
                to.port(),
                method + " " + target + " HTTP/1.1\r\n" + host + lines + "Content-Length: " + body.length() + "\r\n\r\n"
                        + body);
    }

    private static String basic(String id, String secret) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** Headers of a signed request; a header changed to nothing is left out of what is signed, and sent only if it is the host. */
    private static String[] signed(
            String method, String path, Map<String, String> query, String body, Map<String, String> change) {
        String hash = SignedRequest.hash(body.getBytes(StandardCharsets.UTF_8));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("host", "kms.example.test");
        headers.put("x-acs-date", "2018-03-30T08:15:30Z");
        headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
        headers.put("x-acs-content-sha256", hash);
        change.keySet().forEach(headers::remove);
        SignedRequest request = new SignedRequest(
                method,
                path,
                query,
                query,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                hash);
        String authorization = Acs3Signature.authorization(
                SecretBytes.copyOf(MemoryAccessKeys.SECRET.getBytes(StandardCharsets.UTF_8)),
                MemoryAccessKeys.ENABLED,
                request,
                headers.keySet());
        headers.put("authorization", authorization);
        return headers.entrySet().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toArray(String[]::new);
    }
}
