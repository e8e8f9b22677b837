package dev.keyledger.api.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client got for a call, success or refusal, as its own parser understood it.
 *
 * @param action operation that was called
 * @param code error code; null for a success
 * @param body members of the answer
 */
record Answer(String action, @Nullable String code, Map<String, Object> body) {

    static Answer success(String action, Map<String, Object> body) {
        return new Answer(action, null, body);
    }

    static Answer refusal(String action, String code, Map<String, Object> body) {
        return new Answer(action, code, body);
    }

    /** This answer, which must be a success. */
    Answer granted() {
        assertThat(code).as("%s answers %s", action, body).isNull();
        assertThat(body.get("RequestId"))
                .as("request id of %s in %s", action, body)
                .asString()
                .matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
        return this;
    }

    /** Checks that the call was refused with this code. */
    void refusedWith(String expected) {
        assertThat(code).as("%s answers %s", action, body).isEqualTo(expected);
    }

    /** A member that a client may show as absent when it is empty. */
    String textOrEmpty(String path) {
        int dot = path.lastIndexOf('.');
        Object parent = dot < 0 ? body : body.get(path.substring(0, dot));
        Object value = parent instanceof Map<?, ?> map ? map.get(path.substring(dot + 1)) : null;
        return value == null ? "" : String.valueOf(value);
    }

    /** A member of the answer; dots lead into nested objects. */
    String text(String path) {
        Object value = body;
        for (String member : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> map ? map.get(member) : null;
        }
        assertThat(value).as("%s of %s in %s", path, action, body).isNotNull();
        return String.valueOf(value);
    }
}
