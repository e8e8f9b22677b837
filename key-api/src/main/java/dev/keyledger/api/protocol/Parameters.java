package dev.keyledger.api.protocol;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The parameters of one request, with access that refuses: absent is {@code MissingParameter}, malformed is {@code InvalidParameter}, each
 * with the parameter's name.
 *
 * <p>Clients send {@code Name=} for values they do not have, so an empty value counts as absent; only {@link #requiredText} and {@link
 * #present} see the difference. Values are case-sensitive. Immutable; {@code toString} shows names only, since values may be plaintext.
 */
public final class Parameters {

    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");

    private final Map<String, String> values;

    /** Wraps decoded names and values; the map is copied. */
    public Parameters(Map<String, String> values) {
        this.values = new LinkedHashMap<>(values);
    }

    /** The value; absent or empty is refused. */
    public String required(String name) {
        return optional(name).orElseThrow(() -> missing(name));
    }

    /** The value if it is there and not empty. */
    public Optional<String> optional(String name) {
        return present(name).filter(value -> !value.isEmpty());
    }

    /** The value if the name was sent at all, even with an empty value. */
    public Optional<String> present(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value, which may be empty but must have been sent; at most {@code maxCharacters} UTF-16 units. */
    public String requiredText(String name, int maxCharacters) {
        return bounded(name, present(name).orElseThrow(() -> missing(name)), maxCharacters);
    }

    /** The value, or empty text if absent; at most {@code maxCharacters} UTF-16 units. */
    public String textOrEmpty(String name, int maxCharacters) {
        return bounded(name, present(name).orElse(""), maxCharacters);
    }

    /** A decimal integer from {@code min} to {@code max}, both included. */
    public int requiredInt(String name, int min, int max) {
        return (int) number(name, required(name), min, max);
    }

    /** A decimal integer from {@code min} to {@code max}, or the default if absent. */
    public int intOr(String name, int absent, int min, int max) {
        return optionalInt(name, min, max).orElse(absent);
    }

    /** A decimal integer from {@code min} to {@code max} if there. */
    public OptionalInt optionalInt(String name, int min, int max) {
        Optional<String> value = optional(name);
        return value.isPresent() ? OptionalInt.of((int) number(name, value.get(), min, max)) : OptionalInt.empty();
    }

    /** A decimal integer from {@code min} to {@code max}, or the default if absent. */
    public long longOr(String name, long absent, long min, long max) {
        return optional(name).map(value -> number(name, value, min, max)).orElse(absent);
    }

    /** {@code true} or {@code false}. */
    public boolean requiredBoolean(String name) {
        return flag(name, required(name));
    }

    /** {@code true} or {@code false}, or the default if absent. */
    public boolean booleanOr(String name, boolean absent) {
        return optional(name).map(value -> flag(name, value)).orElse(absent);
    }

    /** The constant whose {@code toString} is the value. */
    public <E extends Enum<E>> E requiredOneOf(String name, Class<E> type) {
        return oneOf(name, required(name), type);
    }

    /** The constant whose {@code toString} is the value, or the default if absent. */
    public <E extends Enum<E>> E oneOf(String name, Class<E> type, E absent) {
        return optionalOneOf(name, type).orElse(absent);
    }

    /** The constant whose {@code toString} is the value, if there. */
    public <E extends Enum<E>> Optional<E> optionalOneOf(String name, Class<E> type) {
        return optional(name).map(value -> oneOf(name, value, type));
    }

    /** Strict RFC 4648 §4 Base64 on one line: padded, no white space, unused bits zero; 1 to {@code maxBytes} bytes decoded. */
    public byte[] requiredBase64(String name, int maxBytes) {
        return base64(name, required(name), maxBytes);
    }

    /** As {@link #requiredBase64}, if there. */
    public Optional<byte[]> optionalBase64(String name, int maxBytes) {
        return optional(name).map(value -> base64(name, value, maxBytes));
    }

    /**
     * A JSON object of text to text, in the order sent; empty if absent. Duplicate members, other value types and lone surrogates are refused.
     *
     * @param maxCharacters of the JSON text
     */
    public Map<String, String> stringMap(String name, int maxCharacters) {
        return json(name, maxCharacters)
                .map(node -> JsonParameter.stringMap(node, () -> invalid(name)))
                .orElse(Map.of());
    }

    /** A JSON array of text. */
    public List<String> requiredStringList(String name, int maxCharacters) {
        JsonNode node = json(name, maxCharacters).orElseThrow(() -> missing(name));
        return JsonParameter.stringList(node, () -> invalid(name));
    }

    /** A JSON array of objects of text to text, for example {@code [{"TagKey":"k","TagValue":"v"}]}. */
    public List<Map<String, String>> requiredStringMaps(String name, int maxCharacters) {
        JsonNode node = json(name, maxCharacters).orElseThrow(() -> missing(name));
        return JsonParameter.stringMaps(node, () -> invalid(name));
    }

    /** As {@link #requiredStringMaps}, or an empty list if absent. */
    public List<Map<String, String>> stringMaps(String name, int maxCharacters) {
        return optional(name).isPresent() ? requiredStringMaps(name, maxCharacters) : List.of();
    }

    /** Any JSON value, if there; malformed text, duplicate members and lone surrogates are refused. */
    public Optional<JsonNode> json(String name, int maxCharacters) {
        return optional(name)
                .map(value -> JsonParameter.parse(bounded(name, value, maxCharacters), () -> invalid(name)));
    }

    /** The values of {@code Name.1}, {@code Name.2}, …; empty if there is no {@code Name.1}. At most {@code max}, none of them empty, no gaps. */
    public List<String> indexed(String name, int max) {
        List<String> found = new ArrayList<>();
        for (int n = 1; values.containsKey(name + "." + n); n++) {
            found.add(required(name + "." + n));
        }
        return checkedIndex(name, found, max, "");
    }

    /** As {@link #indexed}, but {@code Name.1} must be there. */
    public List<String> requiredIndexed(String name, int max) {
        List<String> found = indexed(name, max);
        if (found.isEmpty()) {
            throw missing(name + ".1");
        }
        return found;
    }

    /** The pairs {@code Name.N.Key} and {@code Name.N.Value} in order; a missing value is empty text. At most {@code max}, no gaps. */
    public List<Pair> indexedPairs(String name, int max) {
        List<Pair> found = new ArrayList<>();
        for (int n = 1;
                values.containsKey(name + "." + n + ".Key") || values.containsKey(name + "." + n + ".Value");
                n++) {
            String stem = name + "." + n;
            found.add(new Pair(required(stem + ".Key"), present(stem + ".Value").orElse("")));
        }
        return checkedIndex(name, found, max, ".Key");
    }

    /** The refusal of an absent parameter. */
    public static Refusal missing(String name) {
        return Refusal.of(ErrorCode.MISSING_PARAMETER, name);
    }

    /** The refusal of a parameter's value. */
    public static Refusal invalid(String name) {
        return Refusal.of(ErrorCode.INVALID_PARAMETER, name);
    }

    @Nullable
    String raw(String name) {
        return values.get(name);
    }

    /** All decoded parameters: what a signature covers. */
    Map<String, String> asMap() {
        return java.util.Collections.unmodifiableMap(values);
    }

    private static String bounded(String name, String value, int maxCharacters) {
        if (value.length() > maxCharacters) {
            throw invalid(name);
        }
        return value;
    }

    private static long number(String name, String value, long min, long max) {
        if (!INTEGER.matcher(value).matches()) {
            throw invalid(name);
        }
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Nineteen digits may exceed a long: out of every range, refused like any other.
            throw invalid(name);
        }
        throw invalid(name);
    }

    private static boolean flag(String name, String value) {
        return switch (value) {
            // Python's clients send the literal of their language.
            case "true", "True" -> true;
            case "false", "False" -> false;
            default -> throw invalid(name);
        };
    }

    private static <E extends Enum<E>> E oneOf(String name, String value, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.toString().equals(value))
                .findFirst()
                .orElseThrow(() -> invalid(name));
    }

    private static byte[] base64(String name, String value, int maxBytes) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException e) {
            throw invalid(name);
        }
        // The decoder forgives missing padding and stray low bits; one value must have one spelling.
        if (decoded.length > maxBytes || !onlySpelling(value)) {
            Arrays.fill(decoded, (byte) 0);
            throw invalid(name);
        }
        return decoded;
    }

    /** Whether a text that decodes has all its padding, and zeros where bits are left over. */
    private static boolean onlySpelling(String base64) {
        int length = base64.length();
        if (length % 4 != 0) {
            return false;
        }
        if (length == 0 || base64.charAt(length - 1) != '=') {
            return true;
        }
        boolean oneByte = base64.charAt(length - 2) == '=';
        int last = BASE64.indexOf(base64.charAt(oneByte ? length - 3 : length - 2));
        return (last & (oneByte ? 0b1111 : 0b11)) == 0;
    }

    private <T> List<T> checkedIndex(String name, List<T> found, int max, String suffix) {
        if (found.size() > max) {
            throw invalid(name + "." + (max + 1) + suffix);
        }
        // An entry past a gap would be ignored in silence, so a request to tag ten keys could tag three.
        // So would one whose number is spelled in another way, such as 01.
        Pattern entry = Pattern.compile(Pattern.quote(name) + "\\.([0-9]+)(?:\\.|\\z)");
        for (String sent : values.keySet()) {
            var matcher = entry.matcher(sent);
            if (matcher.lookingAt() && !numbers(matcher.group(1), found.size())) {
                throw invalid(sent);
            }
        }
        return List.copyOf(found);
    }

    /** Whether the digits are the one spelling of a number from 1 to {@code size}. */
    private static boolean numbers(String digits, int size) {
        return digits.length() <= 9 && !digits.startsWith("0") && Integer.parseInt(digits) <= size;
    }

    @Override
    public String toString() {
        return "Parameters" + values.keySet();
    }

    /**
     * One {@code Name.N.Key} and {@code Name.N.Value}.
     *
     * @param key not empty
     * @param value may be empty
     */
    public record Pair(String key, String value) {}
}
