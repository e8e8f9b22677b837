package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import dev.keyledger.crypto.EncryptionContext;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Any text as a parameter's value: refused as this parameter, or understood as an independent reader does. */
class ParametersFuzzTest {

    private static final String NAME = "EncryptionContext";
    private static final JsonMapper LAX = new JsonMapper();

    static Stream<byte[]> contexts() {
        return Stream.of(
                        "{}",
                        "{\"a\":\"b\",\"\\u00e9\":\"\\ud83d\\udd11\"}",
                        " { \"a\" : \"\" }\n",
                        "{\"a\":1}",
                        "{\"a\":1e99999999999}",
                        "{\"a\":88000000000000000000000000000e0" + "2".repeat(80),
                        "{\"a\":null}",
                        "{\"a\":\"b\",\"a\":\"b\"}",
                        "{\"a\":\"b\",\"\\u0061\":\"b\"}",
                        "{\"a\":\"\\ud83d\"}",
                        "{\"a\":\"b\"}{}",
                        "{\"a\":\"b\"} x",
                        "{\"a\":{\"b\":\"c\"}}",
                        "[\"a\"]",
                        "\"a\"",
                        "null",
                        "{'a':'b'}",
                        "{\"a\":\"b\",}",
                        "/**/{}",
                        "{\"a\":\"\u0001\"}",
                        "\ufeff{}",
                        "[".repeat(2000))
                .map(json -> json.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("contexts")
    @FuzzTest
    void an_encryption_context_means_what_its_json_says_however_it_is_spelled(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        Optional<Map<String, String>> read = read(() -> parameters(text).stringMap(NAME, 8192));
        if (read.isEmpty() || text.isEmpty()) {
            return;
        }
        Map<String, String> pairs = read.get();
        assertThat(pairs).isEqualTo(laxly(text).orElseThrow());
        byte[] canonical = new EncryptionContext(pairs).canonical();
        assertThat(pairsOf(canonical)).isEqualTo(pairs);

        // Another order, another spelling of every character, and white space wherever it may be.
        List<String> names = new ArrayList<>(pairs.keySet());
        Collections.reverse(names);
        StringBuilder other = new StringBuilder(" {");
        names.forEach(name -> other.append(other.length() > 2 ? "\t," : "\r")
                .append(escaped(name))
                .append(" :\n")
                .append(escaped(pairs.getOrDefault(name, ""))));
        Map<String, String> again = parameters(other.append("} ").toString()).stringMap(NAME, Integer.MAX_VALUE);
        assertThat(new EncryptionContext(again).canonical()).isEqualTo(canonical);
    }

    /** What another reader, lax about what follows and about doubled members, makes of a text that we accepted. */
    private static Optional<Map<String, String>> laxly(String text) {
        try {
            return Optional.of(LAX.readValue(text, new TypeReference<TreeMap<String, String>>() {}));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder("\"");
        text.chars().forEach(c -> escaped.append("\\u%04X".formatted(c)));
        return escaped.append('"').toString();
    }

    /** Reads ADR 0004's canonical bytes back: no two contexts may have the same. */
    private static Map<String, String> pairsOf(byte[] canonical) {
        ByteBuffer in = ByteBuffer.wrap(canonical);
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int n = in.getInt(); n > 0; n--) {
            String key = prefixed(in);
            pairs.put(key, prefixed(in));
        }
        assertThat(in.hasRemaining()).isFalse();
        return pairs;
    }

    private static String prefixed(ByteBuffer in) {
        byte[] text = new byte[in.getInt()];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    static Stream<byte[]> base64() {
        return Stream.of(
                        "",
                        "AA==",
                        "AA",
                        "AB==",
                        "AAA=",
                        "AAB=",
                        "AAAA",
                        "AA==AA==",
                        "AAAA\n",
                        " AAAA",
                        "-_-_",
                        "A===",
                        "+/+/",
                        "=")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** RFC 4648 §4 and nothing else: what is accepted is the one text that encodes what was read. */
    @MethodSource("base64")
    @FuzzTest
    void base_64_has_one_spelling(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Optional<byte[]> read = read(() -> parameters(text).requiredBase64(NAME, 1024));
        boolean formed = text.matches("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)");
        if (read.isPresent()) {
            assertThat(formed).isTrue();
            assertThat(org.bouncycastle.util.encoders.Base64.decode(text)).isEqualTo(read.get());
            assertThat(org.bouncycastle.util.encoders.Base64.toBase64String(read.get()))
                    .isEqualTo(text);
        } else if (formed) {
            byte[] anyway = Base64.getDecoder().decode(text);
            assertThat(anyway.length > 1024
                            || !Base64.getEncoder().encodeToString(anyway).equals(text))
                    .isTrue();
        }
    }

    static Stream<byte[]> numbers() {
        return Stream.of(
                        "0",
                        "-0",
                        "007",
                        "+1",
                        "9223372036854775807",
                        "9223372036854775808",
                        "-9223372036854775808",
                        "1.0",
                        "1e2",
                        "\u0661",
                        " 1",
                        "true",
                        "True",
                        "TRUE",
                        "")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("numbers")
    @FuzzTest
    void numbers_are_decimal_digits_in_range(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean digits = text.matches("-?[0-9]{1,19}");
        Optional<BigInteger> meant = digits ? Optional.of(new BigInteger(text)) : Optional.empty();

        assertThat(read(() -> parameters(text).requiredInt(NAME, -5, 1_000)).map(BigInteger::valueOf))
                .isEqualTo(within(meant, -5, 1_000));
        if (!text.isEmpty()) {
            assertThat(read(() -> parameters(text).longOr(NAME, 0, Long.MIN_VALUE, Long.MAX_VALUE))
                            .map(BigInteger::valueOf))
                    .isEqualTo(within(meant, Long.MIN_VALUE, Long.MAX_VALUE));
        }
        assertThat(read(() -> parameters(text).requiredBoolean(NAME)).isPresent())
                .isEqualTo(List.of("true", "false", "True", "False").contains(text));
    }

    private static Optional<BigInteger> within(Optional<BigInteger> number, long min, long max) {
        return number.filter(
                n -> n.compareTo(BigInteger.valueOf(min)) >= 0 && n.compareTo(BigInteger.valueOf(max)) <= 0);
    }

    static Stream<Arguments> indexes() {
        return Stream.of(
                Arguments.of(List.of("1", "2"), "v"),
                Arguments.of(List.of("1", "3"), "v"),
                Arguments.of(List.of("1", "01"), "v"),
                Arguments.of(List.of("0"), "v"),
                Arguments.of(List.of("1", "9999999999"), "v"),
                Arguments.of(List.of("1", "2147483648"), "v"),
                Arguments.of(List.of("1.Key"), "v"),
                Arguments.of(List.of("1"), ""));
    }

    /** Nothing of a list is passed over in silence: all its numbered entries are read, or the request is refused. */
    @MethodSource("indexes")
    @FuzzTest
    void a_numbered_list_is_read_whole_or_refused(
            @NotNull @WithSize(max = 8) List<@NotNull String> suffixes, @NotNull String value) {
        Map<String, String> sent = new LinkedHashMap<>();
        suffixes.forEach(suffix -> sent.put("Name." + suffix, value));
        Optional<List<String>> read;
        try {
            read = Optional.of(new Parameters(sent).indexed("Name", 5));
        } catch (Refusal refusal) {
            read = Optional.empty();
        }
        if (read.isPresent()) {
            long numbered = sent.keySet().stream()
                    .filter(name -> name.matches("Name\\.[0-9]+"))
                    .count();
            assertThat(read.get()).hasSize((int) numbered).allMatch(value::equals);
            for (int n = 1; n <= numbered; n++) {
                assertThat(sent).containsKey("Name." + n);
            }
        }
    }

    private static Parameters parameters(String value) {
        return new Parameters(Map.of(NAME, value));
    }

    /** What was read, or nothing if it was refused as it should be. */
    private static <T> Optional<T> read(Supplier<T> reader) {
        try {
            return Optional.of(reader.get());
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isIn(ErrorCode.INVALID_PARAMETER, ErrorCode.MISSING_PARAMETER);
            assertThat(refusal.clientMessage()).contains(NAME);
            return Optional.empty();
        }
    }
}
