package dev.keyledger.api.protocol;

import dev.keyledger.refusal.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON inside a parameter, read strictly: an encryption context that two readers could understand differently must not be accepted. */
final class JsonParameter {

    /** No parameter has a number in it, so numbers need no precision: an exact one of great magnitude is more than the library can make. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonParameter() {}

    static JsonNode parse(String text, Supplier<Refusal> refusal) {
        try {
            JsonNode node = STRICT.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw refusal.get();
            }
            return node;
        } catch (JacksonException e) {
            // The parser's message quotes the input, which may be secret; the name of the parameter says enough.
            throw refusal.get();
        }
    }

    static Map<String, String> stringMap(JsonNode node, Supplier<Refusal> refusal) {
        if (!node.isObject()) {
            throw refusal.get();
        }
        Map<String, String> map = new LinkedHashMap<>();
        node.properties()
                .forEach(member -> map.put(wellFormed(member.getKey(), refusal), text(member.getValue(), refusal)));
        return map;
    }

    static List<String> stringList(JsonNode node, Supplier<Refusal> refusal) {
        if (!node.isArray()) {
            throw refusal.get();
        }
        List<String> list = new ArrayList<>();
        node.forEach(element -> list.add(text(element, refusal)));
        return list;
    }

    static List<Map<String, String>> stringMaps(JsonNode node, Supplier<Refusal> refusal) {
        if (!node.isArray()) {
            throw refusal.get();
        }
        List<Map<String, String>> list = new ArrayList<>();
        node.forEach(element -> list.add(stringMap(element, refusal)));
        return list;
    }

    private static String text(JsonNode node, Supplier<Refusal> refusal) {
        if (!node.isString()) {
            throw refusal.get();
        }
        return wellFormed(node.stringValue(), refusal);
    }

    /** A lone surrogate has no UTF-8 form: two different texts would become the same bytes. */
    private static String wellFormed(String text, Supplier<Refusal> refusal) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw refusal.get();
            }
        }
        return text;
    }
}
