package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.audit.Outcome.Result;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The protocol over real HTTP: what the vendor's clients send and what they must get. */
class DispatcherTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static ProtocolServer server;

    record Echoed(String value, Items items) {
        record Items(List<String> item) {}
    }

    record Named(String name, Function<Call, Object> body) implements Operation {
        @Override
        public Object execute(Call call) {
            return body.apply(call);
        }
    }

    private static Object echo(Call call) {
        String value = call.parameters().required("Value");
        call.authorise("*");
        return new Echoed(value, new Echoed.Items(List.of("one", "two")));
    }

    @BeforeAll
    static void start() throws Exception {
        server = new ProtocolServer(
                new Named("Echo", DispatcherTest::echo),
                new Named("Acknowledge", call -> {
                    call.authorise("key-1");
                    return new Acknowledged();
                }),
                new Named("Refuse", call -> {
                    throw Refusal.of(ErrorCode.valueOf(call.parameters().required("Code")), "Name")
                            .because("an internal reason");
                }),
                new Named("Break", call -> {
                    throw new IllegalStateException("plaintext in a message");
                }),
                new Named("LoseDatabase", call -> {
                    throw new IllegalStateException(new SQLException("gone", "08006"));
                }),
                new Named("AskNobody", call -> new Acknowledged()),
                new Named("WriteItself", call -> {
                    call.authorise("*");
                    server.audit.record(call.audit(), Outcome.SUCCESS);
                    call.audit().written();
                    return new Acknowledged();
                }));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void reset() {
        server.audit.clear();
        server.asked.clear();
        server.deny = false;
        server.accessKeys.failWith(null);
    }

    // ---- how parameters travel

    @Test
    void a_get_with_everything_in_the_query_is_served() {
        assertEchoed(send(echo("a b*c~d+e/f=g&h\u00e9\u5bc6").signed("GET").get()), "a b*c~d+e/f=g&h\u00e9\u5bc6");
    }

    @Test
    void a_post_with_everything_in_a_form_body_is_served() {
        assertEchoed(
                send(echo("a b*c~d+e/f=g&h\u00e9\u5bc6").signed("POST").postInBody()), "a b*c~d+e/f=g&h\u00e9\u5bc6");
    }

    @Test
    void a_post_without_body_length_or_transfer_coding_is_served() {
        assertEchoed(
                send(echo("x").signed("POST").postInQuery("Content-Type: application/x-www-form-urlencoded")), "x");
    }

    @Test
    void a_post_with_length_zero_is_served() {
        assertEchoed(send(echo("x").signed("POST").postInQuery("Content-Length: 0")), "x");
    }

    @Test
    void a_post_with_an_empty_chunked_body_and_no_content_type_is_served() {
        String request = echo("x").signed("POST").postInQuery("Transfer-Encoding: chunked") + "0\r\n\r\n";

        assertEchoed(send(request), "x");
    }

    @Test
    void a_chunked_form_body_with_an_odd_content_type_is_served() {
        String body = echo("x").signed("POST").form();
        String request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain;charset=ISO-8859-1\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n" + body
                + "\r\n0\r\n\r\n";

        assertEchoed(send(request), "x");
    }

    @Test
    void query_and_body_are_one_map() {
        ClientRequest whole = echo("x").with("ServiceCode", "kms").signed("POST");
        String body = "Value=x&ServiceCode=kms";
        String query = whole.without("Value").without("ServiceCode").form();
        String request =
                "POST /?" + query + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;

        assertEchoed(send(request), "x");
    }

    @Test
    void a_request_line_of_100_kilobytes_is_served() {
        String value = "\u5bc6".repeat(11_000);

        assertEchoed(send(echo(value).signed("POST").postInQuery()), value);
    }

    @Test
    void several_requests_on_one_connection_are_served() throws Exception {
        try (RawHttp connection = new RawHttp(server.port())) {
            assertEchoed(connection.send(echo("1").signed("POST").postInQuery()), "1");
            assertEchoed(connection.send(echo("2").signed("POST").postInBody()), "2");
            assertThat(connection
                            .send("DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                            .status())
                    .isEqualTo(403);
            assertEchoed(connection.send(echo("3").signed("GET").get()), "3");
        }
    }

    @Test
    void a_connection_that_the_client_wants_closed_is_closed() {
        RawHttp.Answer answer = send(echo("x").signed("GET").get("Connection: close"));

        assertEchoed(answer, "x");
        assertThat(answer.headers()).containsEntry("connection", "close");
    }

    @Test
    void an_answer_is_never_compressed() {
        RawHttp.Answer answer = send(echo("x".repeat(5000)).signed("GET").get("Accept-Encoding: gzip"));

        assertThat(answer.headers()).doesNotContainKey("content-encoding");
    }

    // ---- signatures

    @Test
    void a_signature_that_leaves_empty_values_out_holds() {
        assertEchoed(
                send(echo("x").with("KeyUsage", "").signedWithoutEmpty("POST").postInQuery()), "x");
    }

    @Test
    void an_empty_signature_type_is_tolerated_and_covered() {
        assertEchoed(send(echo("x").with("SignatureType", "").signed("POST").postInQuery()), "x");
    }

    @Test
    void an_hmac_of_sha_256_is_accepted_and_recorded_as_such() {
        assertEchoed(
                send(echo("x")
                        .with("SignatureMethod", "HMAC-SHA256")
                        .signed("GET")
                        .get()),
                "x");
        assertThat(server.audit.only().authMethod()).isEqualTo("V1-HMAC-SHA256");
    }

    @Test
    void vendor_headers_beside_a_parameter_signature_do_not_make_it_a_header_signature() {
        String request = echo("x").signed("POST").postInQuery("x-acs-action: Acknowledge", "x-acs-version: 1999-01-01");

        assertEchoed(send(request), "x");
    }

    @Test
    void a_header_signature_with_everything_in_the_query_is_served_in_json() {
        RawHttp.Answer answer = send(ClientRequest.v3("POST", "Echo", Map.of("Value", "a b*c~+\u5bc6"), "", Map.of()));

        assertEchoed(answer, "a b*c~+\u5bc6");
        assertThat(answer.headers()).containsEntry("content-type", "application/json;charset=utf-8");
        assertThat(server.audit.only().authMethod()).isEqualTo("ACS3-HMAC-SHA256");
    }

    @Test
    void a_header_signature_over_a_form_body_is_served() {
        assertEchoed(
                send(ClientRequest.v3(
                        "POST",
                        "Echo",
                        Map.of(),
                        "Value=x%20y",
                        Map.of("content-type", "application/x-www-form-urlencoded"))),
                "x y");
    }

    @Test
    void a_header_signature_without_signed_host_and_with_the_action_in_the_query_is_served() {
        // As the older Java client does it: no x-acs-action, host added by its HTTP stack after signing.
        Map<String, String> query = Map.of("Action", "Echo", "Version", "2016-01-20", "Format", "XML", "Value", "x");
        String request = ClientRequest.v3(
                        "POST", "", query, "", Map.of("x-acs-action", "", "x-acs-version", "", "host", ""))
                .replaceFirst("\r\n", "\r\nHost: elsewhere\r\n");

        RawHttp.Answer answer = send(request);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("<Value>x</Value>");
    }

    @Test
    void an_action_header_that_contradicts_the_action_parameter_is_refused() {
        assertRefused(
                send(ClientRequest.v3("POST", "Echo", Map.of("Action", "Acknowledge"), "", Map.of())),
                ErrorCode.PARSE_REQUEST_PARAMETER,
                Result.MALFORMED);
    }

    @Test
    void an_unsigned_action_header_is_refused() {
        String request = ClientRequest.v3("POST", "", Map.of("Value", "x"), "", Map.of("x-acs-action", ""))
                .replaceFirst("\r\n", "\r\nx-acs-action: Echo\r\n");

        assertRefused(send(request), ErrorCode.INCOMPLETE_SIGNATURE, Result.UNAUTHENTICATED);
        assertThat(server.audit.only().reason()).isEqualTo("unsigned x-acs-action");
    }

    @Test
    void a_body_that_is_not_the_hashed_one_is_refused() {
        String request =
                ClientRequest.v3("POST", "Echo", Map.of(), "Value=x", Map.of()).replace("Value=x", "Value=y");

        assertRefused(send(request), ErrorCode.SIGNATURE_DOES_NOT_MATCH, Result.UNAUTHENTICATED);
    }

    @Test
    void a_wrong_header_signature_is_told_the_string_to_sign() {
        String request = ClientRequest.v3("POST", "Echo", Map.of("Value", "x"), "", Map.of())
                .replace("?Value=x", "?Value=y");

        JsonNode body = assertRefused(send(request), ErrorCode.SIGNATURE_DOES_NOT_MATCH, Result.UNAUTHENTICATED);
        assertThat(body.get("Message").stringValue())
                .matches("Specified signature is not matched with our calculation\\. "
                        + "server string to sign is:ACS3-HMAC-SHA256\n[0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ACS3-HMAC-SM3", "ACS3-RSA-SHA256", "ACS4-HMAC-SHA256"})
    void other_header_signatures_are_incomplete(String algorithm) {
        String request = ClientRequest.v3("POST", "Echo", Map.of("Value", "x"), "", Map.of())
                .replace("ACS3-HMAC-SHA256", algorithm);

        assertRefused(send(request), ErrorCode.INCOMPLETE_SIGNATURE, Result.UNAUTHENTICATED);
    }

    @Test
    void a_wrong_signature_is_told_the_string_to_sign_and_nothing_about_the_access_key() {
        ClientRequest request = ClientRequest.v1("Acknowledge").with("AccessKeyId", "disabledAccessKeyId");
        String stringToSign = request.stringToSign("GET");

        JsonNode body = assertRefused(
                send(request.with("Signature", "d3Jvbmc=").get()),
                ErrorCode.SIGNATURE_DOES_NOT_MATCH,
                Result.UNAUTHENTICATED);

        assertThat(body.get("Message").stringValue())
                .isEqualTo("Specified signature is not matched with our calculation. server string to sign is:"
                        + stringToSign);
        assertThat(server.audit.only().accessKeyId()).isEqualTo("disabledAccessKeyId");
        assertThat(server.audit.only().principal()).isEmpty();
    }

    @Test
    void the_method_that_was_not_signed_does_not_match() {
        assertRefused(
                send(echo("x").signed("GET").postInBody()), ErrorCode.SIGNATURE_DOES_NOT_MATCH, Result.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Signature", "SignatureVersion", "SignatureMethod"})
    void an_incomplete_signature_is_refused(String missing) {
        assertRefused(
                send(echo("x").signed("GET").without(missing).get()),
                ErrorCode.INCOMPLETE_SIGNATURE,
                Result.UNAUTHENTICATED);
    }

    @Test
    void unsupported_kinds_of_signature_are_refused() {
        for (ClientRequest request : List.of(
                echo("x").with("SignatureMethod", "SHA256withRSA").signed("GET"),
                echo("x").with("SignatureVersion", "2.0").signed("GET"),
                echo("x").with("SignatureType", "BEARERTOKEN").signed("GET"))) {
            server.audit.clear();
            assertRefused(send(request.get()), ErrorCode.INCOMPLETE_SIGNATURE, Result.UNAUTHENTICATED);
        }
    }

    // ---- access keys, time, nonces

    @Test
    void an_unknown_access_key_is_not_found_whatever_its_signature() {
        assertRefused(
                send(echo("x").with("AccessKeyId", "nobody").signed("GET").get()),
                ErrorCode.ACCESS_KEY_NOT_FOUND,
                Result.UNAUTHENTICATED);
    }

    @Test
    void an_endless_access_key_id_is_not_found_without_a_look() {
        server.accessKeys.failWith(new IllegalStateException("looked"));

        assertRefused(
                send(echo("x")
                        .with("AccessKeyId", "a".repeat(129))
                        .signed("GET")
                        .get()),
                ErrorCode.ACCESS_KEY_NOT_FOUND,
                Result.UNAUTHENTICATED);
    }

    @Test
    void a_disabled_access_key_is_told_so_once_its_signature_held() {
        assertRefused(
                send(echo("x")
                        .with("AccessKeyId", "disabledAccessKeyId")
                        .signed("GET")
                        .get()),
                ErrorCode.ACCESS_KEY_DISABLED,
                Result.UNAUTHENTICATED);
    }

    @Test
    void a_request_without_an_access_key_is_refused() {
        JsonNode body = assertRefused(
                send(echo("x").without("AccessKeyId").signed("GET").get()),
                ErrorCode.MISSING_PARAMETER,
                Result.UNAUTHENTICATED);

        assertThat(body.get("Message").stringValue()).isEqualTo("The parameter  AccessKeyId  needed but no provided.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2018-03-30T08:00:30Z", "2018-03-30T08:30:30Z", "2018-04-30T23:50:00Z"})
    void a_timestamp_within_15_minutes_of_either_clock_is_accepted(String timestamp) {
        assertEchoed(send(echo("x").with("Timestamp", timestamp).signed("GET").get()), "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2018-03-30T08:00:29Z", "2018-03-30T08:30:31Z", "2018-04-15T00:00:00Z"})
    void a_timestamp_further_from_both_clocks_has_expired(String timestamp) {
        assertRefused(
                send(echo("x").with("Timestamp", timestamp).signed("GET").get()),
                ErrorCode.TIMESTAMP_EXPIRED,
                Result.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2018-03-30T08:15:30", "2018-03-30T08:15:30.000Z", "2018-02-30T08:15:30Z", "now"})
    void a_missing_or_malformed_timestamp_is_illegal(String timestamp) {
        assertRefused(
                send(echo("x").with("Timestamp", timestamp).signed("GET").get()),
                ErrorCode.ILLEGAL_TIMESTAMP,
                Result.UNAUTHENTICATED);
    }

    @Test
    void a_header_signature_without_a_date_is_illegal() {
        assertRefused(
                send(ClientRequest.v3("POST", "Echo", Map.of("Value", "x"), "", Map.of("x-acs-date", ""))),
                ErrorCode.ILLEGAL_TIMESTAMP,
                Result.UNAUTHENTICATED);
    }

    @Test
    void a_replay_is_refused_and_recorded() {
        String request = echo("x").signed("GET").get();

        assertEchoed(send(request), "x");
        assertThat(code(send(request))).isEqualTo("SignatureNonceUsed");
        assertThat(server.audit.entries()).hasSize(2);
        assertThat(server.audit.entries().get(1).outcome()).isEqualTo(Outcome.unauthenticated(ErrorCode.NONCE_USED));
    }

    @Test
    void a_nonce_of_a_request_that_was_not_authenticated_is_not_used_up() {
        ClientRequest request = echo("x");
        send(request.with("Signature", "d3Jvbmc=").get());
        server.audit.clear();

        assertEchoed(send(request.without("Signature").signed("GET").get()), "x");
    }

    @Test
    void a_request_without_a_nonce_is_served_and_recorded_as_unprotected() {
        assertEchoed(send(echo("x").without("SignatureNonce").signed("GET").get()), "x");
        assertThat(server.audit.only().replayProtected()).isFalse();
    }

    @Test
    void an_endless_nonce_is_invalid() {
        assertRefused(
                send(echo("x")
                        .with("SignatureNonce", "n".repeat(129))
                        .signed("GET")
                        .get()),
                ErrorCode.INVALID_PARAMETER,
                Result.UNAUTHENTICATED);
    }

    // ---- malformed requests

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"})
    void other_methods_are_not_supported(String method) {
        RawHttp.Answer answer = send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(server.audit.only().outcome()).isEqualTo(Outcome.malformed(ErrorCode.UNSUPPORTED_HTTP_METHOD));
    }

    @Test
    void unknown_paths_are_answered_and_recorded() {
        RawHttp.Answer answer = send("GET /favicon.ico HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n");

        assertRefused(answer, ErrorCode.ACTION_NOT_FOUND, Result.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a=%", "a=%4", "a=%zz", "a=%ff", "a=%c0%80", "a=%00", "a=%ed%a0%80", "a=1&a=2", "=1", "%+1=x"})
    void what_cannot_be_decoded_in_one_way_only_is_refused(String query) {
        assertRefused(
                send("GET /?" + query + " HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n"),
                ErrorCode.PARSE_REQUEST_PARAMETER,
                Result.MALFORMED);
    }

    @Test
    void a_name_in_query_and_body_is_refused() {
        assertRefused(
                send("POST /?A=1 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Length: 3\r\n\r\nA=1"),
                ErrorCode.PARSE_REQUEST_PARAMETER,
                Result.MALFORMED);
    }

    @Test
    void more_than_200_parameters_are_refused() {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < 201; i++) {
            query.append("&p").append(i).append('=');
        }

        assertRefused(
                send("GET /?" + query + " HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n"),
                ErrorCode.PARSE_REQUEST_PARAMETER,
                Result.MALFORMED);
    }

    @Test
    void a_body_longer_than_256_kilobytes_is_refused() {
        String body = "Value=" + "x".repeat(256 * 1024);

        assertRefused(
                send("POST / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body),
                ErrorCode.PARSE_REQUEST_PARAMETER,
                Result.MALFORMED);
    }

    @Test
    void a_body_of_200_kilobytes_is_served() {
        String value = "x".repeat(200 * 1024);

        assertEchoed(send(echo(value).signed("POST").postInBody()), value);
    }

    @Test
    void a_request_without_action_or_version_names_what_is_missing() {
        assertThat(message(send(echo("x").without("Action").signed("GET").get())))
                .isEqualTo("The parameter  Action  needed but no provided.");
        assertThat(message(send(echo("x").without("Version").signed("GET").get())))
                .isEqualTo("The parameter  Version  needed but no provided.");
    }

    @Test
    void an_unknown_operation_is_not_found_and_names_are_case_sensitive() {
        assertRefused(send(ClientRequest.v1("echo").signed("GET").get()), ErrorCode.ACTION_NOT_FOUND, Result.MALFORMED);
        assertThat(server.audit.only().action()).isEqualTo("echo");
    }

    @Test
    void another_version_is_invalid() {
        assertRefused(
                send(echo("x").with("Version", "2015-06-12").signed("GET").get()),
                ErrorCode.INVALID_VERSION,
                Result.MALFORMED);
    }

    // ---- order of checks

    @Test
    void checks_come_in_the_vendors_order() {
        // Everything is wrong; then, one after the other, it is put right.
        ClientRequest request = ClientRequest.v1("Nothing")
                .with("Version", "1999-01-01")
                .with("Timestamp", "2001-01-01T00:00:00Z")
                .with("AccessKeyId", "nobody")
                .with("Signature", "d3Jvbmc=");
        server.deny = true;

        assertThat(send("PUT /?" + request.form() + "&a=%zz HTTP/1.1\r\nHost: a\r\n\r\n")
                        .body())
                .contains("UnsupportedHTTPMethod");
        assertThat(send("GET /?" + request.form() + "&a=%zz HTTP/1.1\r\nHost: a\r\n\r\n")
                        .body())
                .contains("ParseRequestParameterException");
        assertThat(code(send(request.get()))).isEqualTo("InvalidAction.NotFound");
        assertThat(code(send(request.with("Action", "Echo").get()))).isEqualTo("InvalidVersion");
        assertThat(code(send(request.with("Version", "2016-01-20").get()))).isEqualTo("InvalidTimeStamp.Expired");
        assertThat(code(send(request.with("Timestamp", "2018-03-30T08:15:30Z").get())))
                .isEqualTo("InvalidAccessKeyId.NotFound");
        assertThat(code(send(request.with("AccessKeyId", "testAccessKeyId").get())))
                .isEqualTo("SignatureDoesNotMatch");
        assertThat(code(send(request.without("Signature").signed("GET").get()))).isEqualTo("MissingParameter");
        assertThat(code(send(request.without("Signature")
                        .with("Value", "x")
                        .signed("GET")
                        .get())))
                .isEqualTo("SignatureNonceUsed");
        request.without("Signature").with("SignatureNonce", "fresh");
        assertThat(code(send(request.signed("GET").get()))).isEqualTo("Forbidden.NoPermission");
        assertThat(server.audit.entries().get(server.audit.entries().size() - 1).outcome())
                .isEqualTo(new Outcome(Result.DENIED, ErrorCode.NO_PERMISSION));
        assertThat(server.audit.entries()).hasSize(10);
    }

    @Test
    void every_operation_is_asked_about_with_its_name_and_resource() {
        send(ClientRequest.v1("Acknowledge").signed("GET").get());

        assertThat(server.asked).containsExactly("Acknowledge key-1");
    }

    // ---- answers

    @Test
    void an_acknowledgement_is_the_request_id_alone() {
        RawHttp.Answer answer =
                send(ClientRequest.v1("Acknowledge").signed("GET").get());

        assertThat(answer.body()).matches("\\{\"RequestId\":\"" + UUID_PATTERN + "\"}");
        assertThat(answer.headers())
                .containsEntry("x-acs-request-id", json(answer).get("RequestId").stringValue())
                .containsEntry("cache-control", "no-store");
        assertThat(server.audit.only().requestId())
                .isEqualTo(json(answer).get("RequestId").stringValue());
        assertThat(server.audit.only().outcome()).isEqualTo(Outcome.SUCCESS);
    }

    @Test
    void xml_is_the_default_of_parameter_signatures() {
        RawHttp.Answer answer =
                send(echo("1 < 2 & \u5bc6").without("Format").signed("GET").get("Accept: application/json"));

        assertThat(answer.headers()).containsEntry("content-type", "text/xml;charset=utf-8");
        assertThat(answer.body())
                .matches("<\\?xml version=\"1.0\" encoding=\"UTF-8\"\\?><KMS><Value>1 &lt; 2 &amp; \u5bc6</Value>"
                        + "<Items><Item>one</Item><Item>two</Item></Items><RequestId>" + UUID_PATTERN
                        + "</RequestId></KMS>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "JSON", "Json"})
    void the_format_is_read_in_any_letter_case(String format) {
        assertThat(send(echo("x").with("Format", format).signed("GET").get()).headers())
                .containsEntry("content-type", "application/json;charset=utf-8");
    }

    @Test
    void a_format_that_names_none_counts_as_absent() {
        assertThat(send(echo("x").with("Format", "None").signed("GET").get()).headers())
                .containsEntry("content-type", "text/xml;charset=utf-8");
    }

    @Test
    void json_is_not_escaped_for_html() {
        RawHttp.Answer answer =
                send(echo("YWJj+/==<>&'\u5bc6\ud83d\ude00\"\\/\n").signed("GET").get());

        assertThat(answer.body())
                .contains(
                        "{\"Value\":\"YWJj+/==<>&'\u5bc6\ud83d\ude00\\\"\\\\/\\n\",\"Items\":{\"Item\":[\"one\",\"two\"]},");
    }

    @Test
    void an_error_in_json_has_the_members_of_both_documented_shapes() {
        RawHttp.Answer answer = send(ClientRequest.v1("Refuse")
                .with("Code", "KEY_NOT_FOUND")
                .signed("GET")
                .get("Host: kms.example.test:8443")
                .replace("Host: 127.0.0.1\r\n", ""));

        JsonNode body = json(answer);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(body.propertyNames())
                .containsExactly("HttpStatus", "Code", "Message", "RequestId", "HostId", "Recommend");
        assertThat(body.get("HttpStatus").intValue()).isEqualTo(404);
        assertThat(body.get("HostId").stringValue()).isEqualTo("kms.example.test:8443");
        assertThat(body.get("RequestId").stringValue())
                .isEqualTo(answer.headers().get("x-acs-request-id"));
        assertThat(answer.body()).doesNotContain("internal reason");
        assertThat(server.audit.only().reason()).isEqualTo("an internal reason");
    }

    @Test
    void an_error_in_xml_has_the_root_and_the_header_that_every_client_reads() {
        RawHttp.Answer answer = send(ClientRequest.v1("Refuse")
                .with("Code", "REJECTED_DISABLED")
                .with("Format", "XML")
                .signed("GET")
                .get());

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.headers()).containsEntry("content-type", "text/xml;charset=utf-8");
        assertThat(answer.body())
                .contains("<Error><HttpStatus>409</HttpStatus><Code>Rejected.Disabled</Code><Message>The request was"
                        + " rejected because the key state is Disabled.</Message><RequestId>")
                .endsWith("</Error>");
    }

    @Test
    void every_code_of_the_catalogue_reaches_the_client_as_it_is_written_there() {
        for (ErrorCode code : ErrorCode.values()) {
            server.audit.clear();
            RawHttp.Answer answer = send(ClientRequest.v1("Refuse")
                    .with("Code", code.name())
                    .signed("POST")
                    .postInBody());

            assertThat(answer.status()).as(code.name()).isEqualTo(code.httpStatus());
            assertThat(code(answer)).isEqualTo(code.code());
            assertThat(message(answer)).isEqualTo(code.messageTemplate().formatted("Name"));
            assertThat(server.audit.only().outcome().error()).isEqualTo(code);
        }
    }

    // ---- faults

    @Test
    void a_fault_is_an_internal_failure_without_detail() {
        RawHttp.Answer answer = send(ClientRequest.v1("Break").signed("GET").get());

        assertRefused(answer, ErrorCode.INTERNAL_FAILURE, Result.FAILED);
        assertThat(answer.body()).doesNotContain("plaintext", "IllegalState");
    }

    @Test
    void a_lost_database_is_temporary() {
        assertRefused(
                send(ClientRequest.v1("LoseDatabase").signed("GET").get()),
                ErrorCode.SERVICE_UNAVAILABLE,
                Result.FAILED);
    }

    @Test
    void a_database_lost_during_authentication_is_temporary() {
        server.accessKeys.failWith(new DataAccessResourceFailureException("gone"));

        assertRefused(send(echo("x").signed("GET").get()), ErrorCode.SERVICE_UNAVAILABLE, Result.FAILED);
    }

    @Test
    void an_operation_that_asks_nobody_for_permission_is_a_fault() {
        assertRefused(
                send(ClientRequest.v1("AskNobody").signed("GET").get()), ErrorCode.INTERNAL_FAILURE, Result.FAILED);
    }

    @Test
    void an_operation_that_wrote_its_record_leaves_no_second_one() {
        assertThat(send(ClientRequest.v1("WriteItself").signed("GET").get()).status())
                .isEqualTo(200);
        assertThat(server.audit.entries()).hasSize(1);
    }

    @Test
    void nothing_leaves_while_the_audit_log_cannot_be_written() {
        server.audit.failWith(new IllegalStateException("disk full"));

        RawHttp.Answer answer = send(echo("the-plaintext").signed("GET").get());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(code(answer)).isEqualTo("ServiceUnavailableTemporary");
        assertThat(answer.body()).doesNotContain("the-plaintext");
        RawHttp.Answer refusal = send(ClientRequest.v1("Refuse")
                .with("Code", "KEY_NOT_FOUND")
                .signed("GET")
                .get());
        assertThat(refusal.status()).isEqualTo(503);
    }

    @Test
    void the_address_behind_a_trusted_proxy_is_recorded() {
        send(echo("x").signed("GET").get("X-Forwarded-For: 203.0.113.9, 198.51.100.7"));

        assertThat(server.audit.only().sourceIp()).isEqualTo("198.51.100.7");
    }

    private static ClientRequest echo(String value) {
        return ClientRequest.v1("Echo").with("Value", value);
    }

    private static RawHttp.Answer send(String request) {
        return RawHttp.once(server.port(), request);
    }

    private static void assertEchoed(RawHttp.Answer answer, String value) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).get("Value").stringValue()).isEqualTo(value);
    }

    private static JsonNode assertRefused(RawHttp.Answer answer, ErrorCode code, Result result) {
        assertThat(code(answer)).isEqualTo(code.code());
        assertThat(answer.status()).isEqualTo(code.httpStatus());
        assertThat(server.audit.only().outcome()).isEqualTo(new Outcome(result, code));
        return json(answer);
    }

    private static String code(RawHttp.Answer answer) {
        return json(answer).get("Code").stringValue();
    }

    private static String message(RawHttp.Answer answer) {
        return json(answer).get("Message").stringValue();
    }

    private static JsonNode json(RawHttp.Answer answer) {
        return JSON.readTree(answer.body());
    }
}
