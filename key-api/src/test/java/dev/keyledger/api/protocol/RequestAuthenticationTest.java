package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.audit.Outcome.Result;
import dev.keyledger.refusal.ErrorCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Signatures, access keys, timestamps and nonces, and the order in which they are checked. */
class RequestAuthenticationTest extends OverHttp {

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
}
