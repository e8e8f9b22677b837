package dev.keyledger.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A place in the feed, and its text, which clients keep for ever. */
class FeedPositionTest {

    @Test
    void its_text_is_twenty_digits_a_point_and_three_digits() {
        assertThat(new FeedPosition(42, 7).text()).isEqualTo("00000000000000000042.007");
        assertThat(new FeedPosition(Long.MAX_VALUE, 999).text()).isEqualTo("09223372036854775807.999");
        assertThat(FeedPosition.parse("00000000000000000042.007")).contains(new FeedPosition(42, 7));
    }

    @Test
    void texts_sort_as_places_do() {
        List<FeedPosition> places = Stream.of(0L, 1L, 9L, 10L, 99L, 1_000_000_000_000L, Long.MAX_VALUE)
                .flatMap(index -> Stream.of(0, 1, 10, 999).map(part -> new FeedPosition(index, part)))
                .toList();

        assertThat(places).isSorted();
        assertThat(places.stream().map(FeedPosition::text)).isSorted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "42",
                "00000000000000000042",
                "00000000000000000042.07",
                "0000000000000000042.007",
                "00000000000000000042.0070",
                " 00000000000000000042.007",
                "00000000000000000042,007",
                "-0000000000000000042.007",
                "99999999999999999999.000",
                "00000000000000000042.007\n"
            })
    void any_other_text_names_no_place(String text) {
        assertThat(FeedPosition.parse(text)).isEmpty();
    }

    @Test
    void the_beginning_is_before_every_event_and_has_no_text() {
        assertThat(FeedPosition.BEGINNING).isLessThan(new FeedPosition(0, 0));
        assertThat(FeedPosition.endOf(-1)).isEqualTo(FeedPosition.BEGINNING);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(FeedPosition.BEGINNING::text);
    }

    @Test
    void the_end_of_a_record_is_between_its_events_and_the_next() {
        assertThat(FeedPosition.endOf(4))
                .isGreaterThan(new FeedPosition(4, 998))
                .isLessThan(new FeedPosition(5, 0));
    }
}
