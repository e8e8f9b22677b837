package dev.keyledger.bench.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleTest {

    private static Sample of(double mean, long seed) {
        Random random = new Random(seed);
        Sample sample = new Sample(5_000);
        for (int i = 0; i < 5_000; i++) {
            // Now and then the machine interrupts.
            sample.add(i % 50 == 0 ? 10_000_000 : Math.round(mean + 10_000 * random.nextGaussian()));
        }
        return sample;
    }

    @Test
    void a_difference_of_a_tenth_of_the_spread_is_found() {
        assertThat(of(701_000, 1).welchT(of(700_000, 2))).isGreaterThan(4.5);
        assertThat(of(700_000, 1).welchT(of(701_000, 2))).isLessThan(-4.5);
    }

    @Test
    void equal_distributions_are_not_told_apart() {
        assertThat(Math.abs(of(700_000, 1).welchT(of(700_000, 2)))).isLessThan(3);
    }
}
