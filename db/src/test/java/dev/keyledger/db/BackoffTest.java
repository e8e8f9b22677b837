package dev.keyledger.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration NEVER = Duration.ZERO;

    private final Backoff backoff = Backoff.standard();

    private List<Long> secondsAfter(Duration... answered) {
        return Stream.of(answered).map(each -> backoff.after(each).toSeconds()).toList();
    }

    @Test
    void each_pause_is_twice_as_long_as_the_one_before_up_to_thirty_seconds() {
        assertThat(secondsAfter(NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void a_server_that_answered_for_a_minute_is_back_at_one_second() {
        assertThat(secondsAfter(NEVER, NEVER, NEVER, Duration.ofMinutes(1), NEVER))
                .containsExactly(1L, 2L, 4L, 1L, 2L);
    }

    @Test
    void a_server_that_answered_for_a_moment_is_not_mended() {
        assertThat(secondsAfter(NEVER, Duration.ofSeconds(59), NEVER)).containsExactly(1L, 2L, 4L);
    }
}
