package dev.keyledger.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of RFC 8785 for the kinds of values our formats have. */
class CanonicalJsonTest {

    /** RFC 8785 §3.2.3. */
    @Test
    void members_are_sorted_by_utf_16_code_units() {
        Map<String, String> sample = new LinkedHashMap<>();
        sample.put("\u20ac", "Euro Sign");
        sample.put("\r", "Carriage Return");
        sample.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
        sample.put("1", "One");
        sample.put("\ud83d\ude00", "Emoji: Grinning Face");
        sample.put("\u0080", "Control");
        sample.put("\u00f6", "Latin Small Letter O With Diaeresis");

        assertThat(CanonicalJson.text(sample))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
                        + "\"\ud83d\ude00\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    /** RFC 8785 §3.2.2.2 and the sample of §3.2.2. */
    @Test
    void text_is_escaped_no_more_than_it_must_be() {
        assertThat(CanonicalJson.text(Map.of("string", "\u20ac$\u000f\nA'B\"\\\\\"/")))
                .isEqualTo("{\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void every_control_character_has_the_escape_of_the_rfc() {
        for (char c = 0; c < ' '; c++) {
            String escape = switch (c) {
                case '\b' -> "\\b";
                case '\t' -> "\\t";
                case '\n' -> "\\n";
                case '\f' -> "\\f";
                case '\r' -> "\\r";
                default -> String.format("\\u%04x", (int) c);
            };
            assertThat(CanonicalJson.text(Map.of("c", String.valueOf(c)))).isEqualTo("{\"c\":\"" + escape + "\"}");
        }
    }

    /** DEL, the line separators of JavaScript and what HTML would escape are ordinary characters. */
    @ParameterizedTest
    @ValueSource(strings = {"\u007f", "\u2028", "\u2029", "<", ">", "&", "=", "+", "'", "\uffff", "\ud83d\ude00"})
    void other_characters_stay_as_they_are(String character) {
        assertThat(CanonicalJson.bytes(Map.of("c", character)))
                .isEqualTo(("{\"c\":\"" + character + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void objects_inside_are_sorted_too_and_arrays_keep_their_order() {
        assertThat(CanonicalJson.text(
                        Map.of("b", Map.of("z", 1, "a", true), "a", List.of("2", "1"), "empty", List.of())))
                .isEqualTo("{\"a\":[\"2\",\"1\"],\"b\":{\"a\":true,\"z\":1},\"empty\":[]}");
    }

    @Test
    void integers_are_plain_digits_up_to_53_bits() {
        assertThat(CanonicalJson.text(Map.of("n", 9_007_199_254_740_991L))).isEqualTo("{\"n\":9007199254740991}");
        assertThat(CanonicalJson.text(Map.of("n", -9_007_199_254_740_991L))).isEqualTo("{\"n\":-9007199254740991}");
        assertThat(CanonicalJson.text(Map.of("n", 0))).isEqualTo("{\"n\":0}");
        assertThatThrownBy(() -> CanonicalJson.text(Map.of("n", 9_007_199_254_740_992L)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.text(Map.of("n", -9_007_199_254_740_992L)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_has_no_canonical_form_here_is_refused() {
        assertThatThrownBy(() -> CanonicalJson.text(Map.of("n", 1.5))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.text(Map.of("half", "\ud83d")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CanonicalJson.text(Map.of("\ude00", "name")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":}", "nul"})
    void reading_refuses_what_is_no_single_object(String text) {
        assertThatThrownBy(() -> CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
