package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.audit.Outcome.Result;
import dev.keyledger.refusal.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import tools.jackson.databind.JsonNode;

/** What the clients get: both encodings, every code, and nothing that was not recorded. */
class AnswersTest extends OverHttp {

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

    @Test
    void a_quarantine_is_an_error_in_the_log_once_and_not_for_each_request_that_it_refuses() throws Exception {
        try (ProtocolServer quarantined = new ProtocolServer(new Named("Echo", OverHttp::echo))) {
            quarantined(quarantined);
        }
    }

    private static void quarantined(ProtocolServer own) {
        List<ILoggingEvent> log = logged(() -> {
            own.quarantine.enter("the store was put back");
            own.quarantine.enter("the store was put back, says another anchor");
            for (int i = 0; i < 3; i++) {
                assertThat(code(RawHttp.once(own.port(), echo("x").signed("GET").get())))
                        .isEqualTo("ServiceUnavailableTemporary");
            }
        });

        assertThat(log).hasSize(4);
        assertThat(log.get(0).getLevel()).isEqualTo(Level.ERROR);
        assertThat(log.get(0).getFormattedMessage()).startsWith("QUARANTINE: the store was put back.");
        assertThat(log.subList(1, 4)).allSatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.INFO);
            assertThat(event.getFormattedMessage()).contains("operation Echo", "code ServiceUnavailableTemporary");
        });
        assertThat(own.audit.entries())
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.reason()).isEqualTo("quarantine"));
    }

    private static List<ILoggingEvent> logged(Runnable work) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        try {
            work.run();
        } finally {
            root.detachAppender(log);
        }
        return log.list;
    }

    @Test
    void no_parameter_no_string_to_sign_and_no_message_of_an_exception_reaches_the_log() {
        List<ILoggingEvent> log = logged(() -> {
            send(echo("CANARY").with("Signature", "d3Jvbmc=").get());
            send(echo("CANARY").with("Timestamp", "CANARY").signed("POST").postInBody());
            send(ClientRequest.v1("CANARY\nforged line").signed("GET").get());
            send(ClientRequest.v1("Break")
                    .with("Plaintext", "CANARY")
                    .signed("GET")
                    .get());
            send("GET /?Plaintext=CANARY&Plaintext=CANARY HTTP/1.1\r\nHost: CANARY\r\nUser-Agent: CANARY\r\n\r\n");
            send("GET /CANARY?CANARY HTTP/1.1\r\nHost: a\r\n\r\n");
        });

        assertThat(log).hasSize(6);
        assertThat(log).allSatisfy(event -> {
            assertThat(event.getFormattedMessage()).doesNotContain("CANARY", "plaintext in a message", "forged");
            assertThat(event.getThrowableProxy()).isNull();
        });
    }
}
