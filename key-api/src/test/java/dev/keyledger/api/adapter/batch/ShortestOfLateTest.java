package dev.keyledger.api.adapter.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShortestOfLateTest {

    private final ShortestOfLate shortest = new ShortestOfLate();

    private void add(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            shortest.add(nanos);
        }
    }

    @Test
    void until_a_window_is_full_everything_counts_as_fast() {
        add(ShortestOfLate.WINDOW - 1, 5_000_000);
        assertThat(shortest.nanos()).isZero();

        shortest.add(6_000_000);
        assertThat(shortest.nanos()).isEqualTo(5_000_000);
    }

    @Test
    void one_short_one_counts_at_once_whatever_the_others_took() {
        add(ShortestOfLate.WINDOW, 5_000_000);
        shortest.add(300_000);
        assertThat(shortest.nanos()).isEqualTo(300_000);
    }

    @Test
    void a_short_one_is_forgotten_after_two_windows() {
        add(ShortestOfLate.WINDOW, 5_000_000);
        shortest.add(300_000);
        add(2 * ShortestOfLate.WINDOW - 1, 5_000_000);
        assertThat(shortest.nanos()).isEqualTo(5_000_000);
    }
}
