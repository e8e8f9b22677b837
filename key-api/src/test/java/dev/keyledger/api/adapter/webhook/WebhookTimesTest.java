package dev.keyledger.api.adapter.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long a message waits for its next attempt. */
class WebhookTimesTest {

    private static final List<Duration> LADDER = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    private static final Instant NOW = Instant.parse("1994-11-06T08:48:37Z");

    private final SecureRandom random = new SecureRandom();

    private Duration pause(int attempts, Optional<Duration> asked) {
        return WebhookTimes.pauseAfter(attempts, asked, random).orElseThrow();
    }

    @Test
    void pauses_grow_up_a_ladder_and_are_spread_by_a_fifth() {
        for (int attempts = 1; attempts <= LADDER.size(); attempts++) {
            Duration rung = LADDER.get(attempts - 1);
            for (int n = 0; n < 100; n++) {
                assertThat(pause(attempts, Optional.empty()))
                        .isBetween(
                                rung.multipliedBy(4).dividedBy(5),
                                rung.multipliedBy(6).dividedBy(5));
            }
        }
        assertThat(WebhookTimes.pauseAfter(LADDER.size() + 1, Optional.empty(), random))
                .isEmpty();
    }

    @Test
    void a_receiver_may_ask_for_more_but_not_for_less_or_for_ever() {
        assertThat(pause(1, Optional.of(Duration.ofMinutes(3)))).isEqualTo(Duration.ofMinutes(3));
        assertThat(pause(2, Optional.of(Duration.ofSeconds(1)))).isGreaterThan(Duration.ofMinutes(3));
        assertThat(pause(2, Optional.of(Duration.ofSeconds(-5)))).isGreaterThan(Duration.ofMinutes(3));
        assertThat(pause(1, Optional.of(Duration.ofDays(400)))).isEqualTo(Duration.ofHours(24));
        assertThat(WebhookTimes.pauseAfter(LADDER.size() + 1, Optional.of(Duration.ofMinutes(1)), random))
                .isEmpty();
    }

    @Test
    void retry_after_is_seconds_or_a_date() {
        assertThat(WebhookClient.retryAfter(" 120 ", NOW)).contains(Duration.ofMinutes(2));
        assertThat(WebhookClient.retryAfter("Sun, 06 Nov 1994 08:49:37 GMT", NOW))
                .contains(Duration.ofMinutes(1));
        assertThat(WebhookClient.retryAfter("Sun, 06 Nov 1994 08:47:37 GMT", NOW))
                .contains(Duration.ofMinutes(-1));
        assertThat(WebhookClient.retryAfter("soon", NOW)).isEmpty();
        assertThat(WebhookClient.retryAfter("-1", NOW)).isEmpty();
    }

    @Test
    void a_claim_outlives_an_attempt() {
        assertThat(WebhookTimes.LEASE).isGreaterThan(WebhookTimes.ATTEMPT.multipliedBy(3));
    }
}
