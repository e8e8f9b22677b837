package dev.keyledger.api.operation.tag;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.api.protocol.Parameters.Pair;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tags as parameters carry them, and what a tag may be: key and value of at most 128 letters, digits and {@code / \ _ - . + = : @}; a key is
 * not empty and begins neither with {@code aliyun} nor with {@code acs:} (TagResource, TagResources).
 */
public final class Tags {

    /** Most tags in one request; a key can have no more either. */
    static final int MAX = 20;

    private static final int MAX_JSON = 16 * 1024;
    private static final Pattern TEXT = Pattern.compile("[\\p{L}\\p{N}/\\\\_\\-.+=:@]{0,128}");
    private static final Pattern RESERVED = Pattern.compile("(aliyun|acs:).*");

    private Tags() {}

    /** A JSON array {@code [{"TagKey":"k","TagValue":"v"}]} that must be there and have at least one tag. */
    static Map<String, String> required(Parameters parameters, String name) {
        Map<String, String> tags = tags(name, parameters.requiredStringMaps(name, MAX_JSON));
        if (tags.isEmpty()) {
            throw Parameters.invalid(name);
        }
        return tags;
    }

    /** The same array, or no tags if absent. */
    public static Map<String, String> orNone(Parameters parameters, String name) {
        return tags(name, parameters.stringMaps(name, MAX_JSON));
    }

    /** The pairs {@code Tag.N.Key} and {@code Tag.N.Value}, perhaps none. */
    static Map<String, String> indexed(Parameters parameters, String name) {
        return checked(parameters.indexedPairs(name, MAX));
    }

    /** A JSON array of tag keys to remove, at least one. */
    static List<String> requiredKeys(Parameters parameters, String name) {
        List<String> keys = parameters.requiredStringList(name, MAX_JSON);
        if (keys.isEmpty() || keys.size() > MAX) {
            throw Parameters.invalid(name);
        }
        keys.forEach(Tags::checkKey);
        return keys;
    }

    /** The tag keys {@code TagKey.N} to remove, perhaps none. */
    static List<String> indexedKeys(Parameters parameters, String name) {
        List<String> keys = parameters.indexed(name, MAX);
        keys.forEach(Tags::checkKey);
        return keys;
    }

    private static Map<String, String> tags(String name, List<Map<String, String>> objects) {
        if (objects.size() > MAX) {
            throw Parameters.invalid(name);
        }
        return checked(objects.stream().map(object -> pair(name, object)).toList());
    }

    private static Pair pair(String name, Map<String, String> object) {
        if (!object.containsKey("TagKey") || !Set.of("TagKey", "TagValue").containsAll(object.keySet())) {
            throw Parameters.invalid(name);
        }
        return new Pair(object.get("TagKey"), object.getOrDefault("TagValue", ""));
    }

    private static Map<String, String> checked(List<Pair> pairs) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            checkKey(pair.key());
            if (!TEXT.matcher(pair.value()).matches()) {
                throw Refusal.of(ErrorCode.INVALID_TAG_VALUE);
            }
            if (tags.putIfAbsent(pair.key(), pair.value()) != null) {
                throw Refusal.of(ErrorCode.DUPLICATE_TAG_KEY);
            }
        }
        return tags;
    }

    private static void checkKey(String key) {
        if (key.isEmpty()
                || !TEXT.matcher(key).matches()
                || RESERVED.matcher(key).matches()) {
            throw Refusal.of(ErrorCode.INVALID_TAG_KEY);
        }
    }
}
