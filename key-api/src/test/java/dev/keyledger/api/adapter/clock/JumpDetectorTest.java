package dev.keyledger.api.adapter.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.adapter.clock.MachineClocks.Reading;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JumpDetectorTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final JumpDetector detector = new JumpDetector(reading(Duration.ZERO, Duration.ZERO));

    /** A reading after so much real time, with the database's clock ahead of it by so much. */
    private static Reading reading(Duration elapsed, Duration lead) {
        return new Reading(START.plus(elapsed).plus(lead), START.plus(elapsed), 1_000_000_007L + elapsed.toNanos());
    }

    @Test
    void a_clock_that_keeps_pace_is_no_jump() {
        for (int minute = 1; minute <= 600; minute++) {
            Reading reading = reading(Duration.ofMinutes(minute), Duration.ZERO);

            assertThat(detector.jump(reading)).isEmpty();
            detector.accept(reading);
        }
    }

    @Test
    void a_step_of_five_minutes_is_no_jump_and_one_more_second_is() {
        assertThat(detector.jump(reading(Duration.ofSeconds(10), Duration.ofMinutes(5))))
                .isEmpty();
        assertThat(detector.jump(reading(Duration.ofSeconds(10), Duration.ofSeconds(301))))
                .contains(Duration.ofSeconds(301));
    }

    @Test
    void a_jump_is_seen_until_it_is_accepted_and_then_no_more() {
        Reading jumped = reading(Duration.ofSeconds(10), Duration.ofHours(1));
        assertThat(detector.jump(jumped)).isPresent();
        assertThat(detector.jump(jumped)).isPresent();

        detector.accept(jumped);

        assertThat(detector.jump(reading(Duration.ofSeconds(20), Duration.ofHours(1))))
                .isEmpty();
        assertThat(detector.jump(reading(Duration.ofSeconds(30), Duration.ofHours(2))))
                .contains(Duration.ofHours(1));
    }

    @Test
    void small_steps_add_up() {
        detector.accept(reading(Duration.ofSeconds(10), Duration.ofMinutes(2)));
        detector.accept(reading(Duration.ofSeconds(20), Duration.ofMinutes(4)));

        assertThat(detector.jump(reading(Duration.ofSeconds(30), Duration.ofMinutes(6))))
                .isPresent();
    }

    @Test
    void a_clock_that_is_slewed_for_weeks_is_no_jump() {
        // 500 parts per million, the usual limit of a time daemon.
        for (int minute = 1; minute <= 60 * 24 * 14; minute++) {
            Reading reading = reading(Duration.ofMinutes(minute), Duration.ofMillis(30L * minute));

            assertThat(detector.jump(reading)).isEmpty();
            detector.accept(reading);
        }
    }

    @Test
    void a_step_back_is_no_jump_and_the_way_forward_again_is() {
        Reading back = reading(Duration.ofSeconds(10), Duration.ofHours(-1));
        assertThat(detector.jump(back)).isEmpty();
        detector.accept(back);

        assertThat(detector.jump(reading(Duration.ofSeconds(20), Duration.ZERO)))
                .contains(Duration.ofHours(1));
    }
}
