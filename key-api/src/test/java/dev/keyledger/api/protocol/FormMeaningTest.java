package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** The decoder and {@link PlainForm} agree about random forms: which are refused, and what the others mean. A failure shows its form. */
class FormMeaningTest {

    private static final int FORMS = 3_000;

    /** Bytes at which readers disagree: structure, escapes whole and broken, and pieces of UTF-8 right, overlong, cut and too high. */
    private static final List<String> MORSELS = List.of(
            "&",
            "=",
            "+",
            "%",
            "%2",
            "%2B",
            "%2b",
            "%26",
            "%3D",
            "%25",
            "%20",
            "%00",
            "%0",
            "%g0",
            "%0g",
            "%+1",
            "%-1",
            "% 1",
            "%\u00b2",
            "\0",
            "\r\n",
            ";",
            " ",
            "a",
            "b",
            "Name",
            "Name.1",
            "a=1",
            "&&",
            "==",
            "%C3%A9",
            "\u00c3\u00a9",
            "\u00c3",
            "\u00a9",
            "%C3\u00a9",
            "%C0%80",
            "%E5%AF%86",
            "%ED%A0%80",
            "%F0%9F%94%91",
            "%F4%90%80%80",
            "\u00ff",
            "\u00ef\u00bb\u00bf",
            "%EF%BF%BE");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void forms_of_odd_morsels_mean_the_same_to_both(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < FORMS; i++) {
            assertSameMeaning(IntStream.range(0, random.nextInt(12))
                    .mapToObj(n -> MORSELS.get(random.nextInt(MORSELS.size())))
                    .collect(Collectors.joining()));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 4})
    void forms_as_clients_write_them_mean_the_same_to_both_even_with_a_byte_changed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < FORMS; i++) {
            StringBuilder form = new StringBuilder();
            Map<String, String> written = new LinkedHashMap<>();
            for (int n = random.nextInt(6); n > 0; n--) {
                written.put("Name." + n + text(random, 3), text(random, 10));
            }
            written.forEach((name, value) -> form.append(form.isEmpty() ? "" : "&")
                    .append(encoded(name, random))
                    .append('=')
                    .append(encoded(value, random)));
            assertThat(PlainForm.read(form.toString(), Map.of())).contains(written);
            assertSameMeaning(form.toString());
            if (!form.isEmpty()) {
                form.setCharAt(random.nextInt(form.length()), (char) random.nextInt(256));
                assertSameMeaning(form.toString());
            }
        }
    }

    @Test
    void every_pair_of_bytes_after_a_percent_sign_means_the_same_to_both() {
        for (int pair = 0; pair < 0x10000; pair++) {
            assertSameMeaning("a=%" + (char) (pair >> 8) + (char) (pair & 0xff));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 200, 201})
    void as_many_parameters_as_are_allowed_are_read_and_one_more_is_refused(int count) {
        String form = IntStream.range(0, count).mapToObj(n -> "p" + n + "=").collect(Collectors.joining("&"));

        assertSameMeaning(form);
        assertThat(decoded("q=1", form).isPresent()).isEqualTo(count < 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 5)
    void query_and_body_are_one_set_of_parameters(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < FORMS / 4; i++) {
            String query = "a" + random.nextInt(4) + "=" + encoded(text(random, 3), random);
            String body = "&a" + random.nextInt(4) + "=" + encoded(text(random, 3), random) + "&";
            Optional<RawRequest> raw = decoded(query, body);
            Map<String, String> ofQuery = PlainForm.read(query, Map.of()).orElseThrow();
            Optional<Map<String, String>> expected = PlainForm.read(body, ofQuery);

            assertThat(raw.map(RawRequest::parameters))
                    .as(query + " and " + body)
                    .isEqualTo(expected);
            raw.ifPresent(request -> {
                assertThat(request.query()).isEqualTo(ofQuery);
                assertThat(request.body()).isEqualTo(body.getBytes(StandardCharsets.ISO_8859_1));
            });
        }
    }

    /** The same answer, and the same order of what is read. */
    static void assertSameMeaning(String form) {
        Map<String, String> read = new LinkedHashMap<>();
        Optional<Map<String, String>> actual;
        try {
            RequestDecoder.addForm(form.getBytes(StandardCharsets.ISO_8859_1), read);
            actual = Optional.of(read);
        } catch (Refusal refusal) {
            assertThat(refusal.code()).isEqualTo(ErrorCode.PARSE_REQUEST_PARAMETER);
            actual = Optional.empty();
        }
        Optional<Map<String, String>> expected = PlainForm.read(form, Map.of());
        assertThat(inOrder(actual)).as(() -> "form " + escaped(form)).isEqualTo(inOrder(expected));
    }

    private static Optional<List<Map.Entry<String, String>>> inOrder(Optional<Map<String, String>> pairs) {
        return pairs.map(Map::entrySet).map(List::copyOf);
    }

    private static Optional<RawRequest> decoded(String query, String body) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
        request.setQueryString(query);
        request.setContent(body.getBytes(StandardCharsets.ISO_8859_1));
        try {
            return Optional.of(RequestDecoder.decode(request));
        } catch (Refusal refusal) {
            return Optional.empty();
        }
    }

    private static String text(SplittableRandom random, int maxLength) {
        int[] points = random.ints(random.nextInt(maxLength + 1), 0, 6)
                .map(kind -> switch (kind) {
                    case 0 -> random.nextInt(1, 0x20);
                    case 1 -> random.nextInt(0x80, 0x800);
                    case 2 -> random.nextInt(0xE000, 0x10000);
                    case 3 -> random.nextInt(0x10000, 0x110000);
                    default -> random.nextInt(0x20, 0x7f);
                })
                .toArray();
        return new String(points, 0, points.length);
    }

    /** As the two families of clients do: a space as {@code +} or as {@code %20}; or hardly at all. */
    private static String encoded(String text, SplittableRandom random) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
        return switch (random.nextInt(3)) {
            case 0 -> encoded;
            case 1 -> encoded.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
            default ->
                new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                        .replace("%", "%25")
                        .replace("+", "%2b")
                        .replace("&", "%26")
                        .replace("=", "%3d");
        };
    }

    private static String escaped(String form) {
        return form.chars()
                .mapToObj(c -> c < ' ' || c > '~' ? String.format("\\x%02x", c) : String.valueOf((char) c))
                .collect(Collectors.joining());
    }
}
