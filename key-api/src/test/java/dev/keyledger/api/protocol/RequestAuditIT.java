package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.TestNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Every request to a whole node leaves exactly one row in the audit table, under the id it was answered with. */
class RequestAuditIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start();
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
                send("GET /v1/nothing HTTP/1.1\r\nHost: a\r\nAuthorization: Basic " + credentials + "\r\n\r\n"),
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
        return node.sql().sql("select count(*) from " + table).query(Long.class).single();
    }
}
