package dev.keyledger.api.operation.cmk;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.projection.keystate.KeyFilter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * ListKeys {@code Filters}: a JSON array of at most ten {@code {"Key":"KeyState","Values":["Enabled"]}}. Values of one key are alternatives,
 * different keys must all match; a value that no key can have matches none.
 */
final class KeyFilters {

    private static final String NAME = "Filters";
    private static final int MAX_CHARACTERS = 8192;
    private static final int MAX_PAIRS = 10;
    private static final Set<String> KEYS =
            Set.of("KeyState", "KeySpec", "KeyUsage", "ProtectionLevel", "CreatorType", "DKMSInstanceId");

    private KeyFilters() {}

    static KeyFilter read(Parameters parameters) {
        return parameters.json(NAME, MAX_CHARACTERS).map(KeyFilters::filter).orElse(KeyFilter.NONE);
    }

    private static KeyFilter filter(JsonNode pairs) {
        check(pairs.isArray() && pairs.size() <= MAX_PAIRS);
        Map<String, Set<String>> wanted = new HashMap<>();
        pairs.forEach(pair -> {
            check(pair.isObject() && pair.size() == 2);
            String key = text(pair.get("Key"));
            check(KEYS.contains(key));
            JsonNode values = pair.get("Values");
            check(values != null && values.isArray());
            Set<String> alternatives = wanted.computeIfAbsent(key, k -> new HashSet<>());
            values.forEach(value -> alternatives.add(text(value)));
        });
        return matchesNothing(wanted)
                ? new KeyFilter(Set.of(), null, null, null)
                : new KeyFilter(
                        wanted.get("KeyState"),
                        wanted.get("KeySpec"),
                        wanted.get("KeyUsage"),
                        wanted.get("ProtectionLevel"));
    }

    /** Every key here was created by a user and none lies in a dedicated instance. */
    private static boolean matchesNothing(Map<String, Set<String>> wanted) {
        return wanted.containsKey("DKMSInstanceId")
                || (wanted.containsKey("CreatorType")
                        && !wanted.get("CreatorType").contains("User"));
    }

    /** An escape in JSON can make text that the database cannot take, even as something to look for. */
    private static String text(@Nullable JsonNode node) {
        if (node == null || !node.isString() || !node.stringValue().codePoints().allMatch(KeyFilters::storable)) {
            throw Parameters.invalid(NAME);
        }
        return node.stringValue();
    }

    private static boolean storable(int codePoint) {
        return codePoint != 0 && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw Parameters.invalid(NAME);
        }
    }
}
