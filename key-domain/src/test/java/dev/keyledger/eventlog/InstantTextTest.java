package dev.keyledger.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.time.MillisecondText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instants in events are what the platform's own formatter makes of the same form (ADR 0002). */
class InstantTextTest {

    private static final DateTimeFormatter PLATFORM = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("-MM-dd'T'HH:mm:ss.SSS'Z'")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").toEpochMilli();
    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private final SplittableRandom random = new SplittableRandom(20261127);

    @Test
    void any_instant_is_written_as_by_the_platform_and_read_back() {
        for (int i = 0; i < 100_000; i++) {
            Instant instant = Instant.ofEpochMilli(random.nextLong(FIRST, LAST + 1));
            assertThat(MillisecondText.of(instant)).isEqualTo(PLATFORM.format(instant));
            assertThat(InstantText.read(MillisecondText.of(instant))).isEqualTo(instant);
        }
    }

    @Test
    void the_first_and_the_last_instant_of_four_digits_are_written_and_their_neighbours_are_not() {
        for (long millis : new long[] {FIRST, LAST}) {
            Instant instant = Instant.ofEpochMilli(millis);
            assertThat(InstantText.read(MillisecondText.of(instant))).isEqualTo(instant);
        }
        for (long millis : new long[] {FIRST - 1, LAST + 1}) {
            assertThatExceptionOfType(DateTimeException.class)
                    .isThrownBy(() -> MillisecondText.of(Instant.ofEpochMilli(millis)));
        }
    }

    @Test
    void a_text_with_one_character_changed_is_read_as_by_the_platform_or_refused_as_by_it() {
        String alphabet = "0123456789-:.TZtz +/";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text =
                    new StringBuilder(MillisecondText.of(Instant.ofEpochMilli(random.nextLong(FIRST, LAST))));
            text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            assertThat(readOrRefused(text.toString()))
                    .as(text.toString())
                    .isEqualTo(platformOrRefused(text.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-02-30T10:00:00.000Z",
                "2025-02-29T10:00:00.000Z",
                "2026-11-24T24:00:00.000Z",
                "2026-11-24T23:59:60.000Z",
                "2026-11-24T10:00:00.00Z",
                "2026-11-24T10:00:00.0000Z",
                "2026-11-24T10:00:00.000z",
                "2026-11-24T10:00:00.000+00:00",
                "02026-11-24T10:00:00.000Z",
                "٢٠٢٦-11-24T10:00:00.000Z"
            })
    void another_form_or_no_such_instant_is_refused(String text) {
        assertThatExceptionOfType(DateTimeException.class).isThrownBy(() -> InstantText.read(text));
    }

    private static Object readOrRefused(String text) {
        try {
            return InstantText.read(text);
        } catch (DateTimeException refused) {
            return "refused";
        }
    }

    private static Object platformOrRefused(String text) {
        try {
            return PLATFORM.parse(text, Instant::from);
        } catch (DateTimeException refused) {
            return "refused";
        }
    }
}
