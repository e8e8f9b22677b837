package dev.keyledger.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** What a client got for a request. */
record Reply(String action, int status, JsonNode body) {

    /** This reply, which must be a success. */
    Reply ok() {
        assertThat(status).as("%s answers %s", action, body).isEqualTo(200);
        return this;
    }

    /** Checks code and HTTP status of a refusal. */
    Reply refused(int expectedStatus, String code) {
        assertThat(code()).as("%s answers %s", action, body).isEqualTo(code);
        assertThat(status).as("%s answers %s", action, body).isEqualTo(expectedStatus);
        return this;
    }

    /** The error code, or {@code ok}. */
    String code() {
        return status == 200 ? "ok" : text("Code");
    }

    String message() {
        return text("Message");
    }

    UUID requestId() {
        return UUID.fromString(text("RequestId"));
    }

    /** A member; dots lead into nested objects and numbers into arrays. */
    String text(String path) {
        JsonNode node = at(path);
        assertThat(node.isMissingNode())
                .as("%s of %s in %s", path, action, body)
                .isFalse();
        return node.asString();
    }

    boolean has(String path) {
        return !at(path).isMissingNode();
    }

    /** One member of every object in an array. */
    List<String> all(String array, String member) {
        List<String> values = new ArrayList<>();
        at(array).forEach(item -> values.add(item.get(member).asString()));
        return values;
    }

    private JsonNode at(String path) {
        return body.at("/" + path.replace('.', '/'));
    }
}
