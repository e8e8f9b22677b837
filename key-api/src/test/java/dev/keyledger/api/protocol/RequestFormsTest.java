package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.audit.Outcome.Result;
import dev.keyledger.refusal.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests may look, and what is refused before anybody asks who sent it. */
class RequestFormsTest extends OverHttp {

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
}
