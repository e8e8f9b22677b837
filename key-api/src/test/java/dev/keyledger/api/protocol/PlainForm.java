package dev.keyledger.api.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a form means, written to be read and not to be fast: the rules of {@link RequestDecoder}'s documentation, one by one. The decoder
 * must agree with it about every byte sequence.
 */
final class PlainForm {

    private static final Pattern ESCAPE_OR_OTHER = Pattern.compile("%([0-9A-Fa-f]{2})|(.)", Pattern.DOTALL);

    private PlainForm() {}

    /**
     * Names and values in the order sent after those that are there already.
     *
     * @param form bytes, one character each
     * @return empty if the form is to be refused
     */
    static Optional<Map<String, String>> read(String form, Map<String, String> before) {
        Map<String, String> pairs = new LinkedHashMap<>(before);
        for (String part : form.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            String[] halves = part.split("=", 2);
            String name = text(halves[0]);
            String value = halves.length == 2 ? text(halves[1]) : "";
            if (name == null || value == null || name.isEmpty() || pairs.containsKey(name)) {
                return Optional.empty();
            }
            pairs.put(name, value);
            if (pairs.size() > 200) {
                return Optional.empty();
            }
        }
        return Optional.of(pairs);
    }

    private static @Nullable String text(String encoded) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        Matcher each = ESCAPE_OR_OTHER.matcher(encoded);
        while (each.find()) {
            String escaped = each.group(1);
            if (escaped != null) {
                octets.write(Integer.parseInt(escaped, 16));
            } else if (each.group(2).equals("%")) {
                return null;
            } else {
                octets.write(each.group(2).equals("+") ? ' ' : each.group(2).charAt(0));
            }
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(octets.toByteArray());
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            return text.contains("\0") ? null : text;
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }
}
