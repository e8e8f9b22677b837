package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.audit.Outcome;
import dev.keyledger.api.audit.Outcome.Result;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The protocol over real HTTP, with operations of the test's own. */
abstract class OverHttp {

    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String UUID_PATTERN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    static ProtocolServer server;

    record Echoed(String value, Items items) {
        record Items(List<String> item) {}
    }

    record Named(String name, Function<Call, Object> body) implements Operation {
        @Override
        public Object execute(Call call) {
            return body.apply(call);
        }
    }

    static Object echo(Call call) {
        String value = call.parameters().required("Value");
        call.authorise("*");
        return new Echoed(value, new Echoed.Items(List.of("one", "two")));
    }

    @BeforeAll
    static void start() throws Exception {
        server = new ProtocolServer(
                new Named("Echo", OverHttp::echo),
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

    static ClientRequest echo(String value) {
        return ClientRequest.v1("Echo").with("Value", value);
    }

    static RawHttp.Answer send(String request) {
        return RawHttp.once(server.port(), request);
    }

    static void assertEchoed(RawHttp.Answer answer, String value) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).get("Value").stringValue()).isEqualTo(value);
    }

    static JsonNode assertRefused(RawHttp.Answer answer, ErrorCode code, Result result) {
        assertThat(code(answer)).isEqualTo(code.code());
        assertThat(answer.status()).isEqualTo(code.httpStatus());
        assertThat(server.audit.only().outcome()).isEqualTo(new Outcome(result, code));
        return json(answer);
    }

    static String code(RawHttp.Answer answer) {
        return json(answer).get("Code").stringValue();
    }

    static String message(RawHttp.Answer answer) {
        return json(answer).get("Message").stringValue();
    }

    static JsonNode json(RawHttp.Answer answer) {
        return JSON.readTree(answer.body());
    }
}
