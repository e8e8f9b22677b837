package dev.keyledger.api.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadLaneTest {

    private static final Deadline LATER = Deadline.in(Duration.ofMinutes(1));

    private final ReadLane lane = new ReadLane(1, Duration.ofMillis(1));

    @Test
    void a_listing_that_finds_no_place_in_time_is_throttled_and_does_not_read() {
        String outer = lane.read(LATER, () -> {
            assertThatThrownBy(() -> lane.read(LATER, () -> {
                        throw new AssertionError("read without a place");
                    }))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.THROTTLING));
            return "read";
        });

        assertThat(outer).isEqualTo("read");
    }

    @Test
    void a_place_is_free_again_after_a_listing_that_failed() {
        assertThatThrownBy(() -> lane.read(LATER, () -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(lane.read(LATER, () -> "read")).isEqualTo("read");
    }
}
