package dev.keyledger.cmk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoticePeriodTest {

    @ParameterizedTest
    @CsvSource({"P30D,43200", "P1D,1440", "PT1H,60", "PT36H,2160", "PT90M,90", "PT1M,1", "P3650D,5256000"})
    void a_period_has_one_text(String text, long minutes) {
        assertThat(NoticePeriod.of(Duration.ofMinutes(minutes)).text()).isEqualTo(text);
        assertThat(new NoticePeriod(text).length()).isEqualTo(Duration.ofMinutes(minutes));
        assertThat(new NoticePeriod(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PT24H",
                "PT60M",
                "P0D",
                "P01D",
                "PT30S",
                "P1DT1H",
                "-P1D",
                "p1d",
                "P3651D",
                "PT9999999M",
                "30d",
                ""
            })
    void every_other_text_is_refused(String text) {
        assertThatThrownBy(() -> new NoticePeriod(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 30, 59, 61, -60, 315_360_001})
    void so_is_every_other_length(long seconds) {
        assertThatThrownBy(() -> NoticePeriod.of(Duration.ofSeconds(seconds)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_ladder_has_each_rung_once_and_the_longest_first() {
        NoticePeriod hour = new NoticePeriod("PT1H");
        NoticePeriod week = new NoticePeriod("P7D");

        assertThat(new NoticeLadder(List.of(hour, week, hour)).rungs()).containsExactly(week, hour);
        assertThat(NoticeLadder.DEFAULT.rungs()).map(NoticePeriod::text).containsExactly("P30D", "P7D", "P1D", "PT1H");
    }
}
