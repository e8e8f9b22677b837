package dev.keyledger.api.proof;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the wire has it: objects are maps, arrays are lists. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    static Map<String, Object> object(String text) {
        return MAPPER.readValue(text, new TypeReference<>() {});
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
