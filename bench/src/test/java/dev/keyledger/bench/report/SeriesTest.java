package dev.keyledger.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeriesTest {

    private static Series of(double... values) {
        Series series = new Series();
        for (double value : values) {
            series.add(value);
        }
        return series;
    }

    @Test
    void it_shows_minimum_median_and_maximum() {
        assertThat(of(3, 1, 10).text(1)).isEqualTo("1.0 / 3.0 / 10.0");
        assertThat(of(4, 2).text(0)).isEqualTo("2 / 3 / 4");
    }

    @Test
    void a_ratio_is_taken_within_each_repetition() {
        // Of the medians it would be 2: the machine was slow in the second repetition, for both alike.
        assertThat(of(40, 10, 20).over(of(20, 10, 10)).text(1)).isEqualTo("1.0 / 2.0 / 2.0");
    }
}
