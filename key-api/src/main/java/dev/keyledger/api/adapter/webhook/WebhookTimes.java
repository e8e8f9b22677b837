package dev.keyledger.api.adapter.webhook;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long things of deliveries take. All of it is machine time. */
final class WebhookTimes {

    /** The whole of one attempt, from the name to the answer. */
    static final Duration ATTEMPT = Duration.ofSeconds(15);

    /** How long a claim is a node's own: longer than an attempt may take, and than a name may be looked up. */
    static final Duration LEASE = Duration.ofSeconds(60);

    /** How long finished deliveries can be looked at. */
    static final Duration KEPT = Duration.ofDays(7);

    /** A test is answered within the time that a request has. */
    static final Duration TEST = Duration.ofSeconds(6);

    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);

    /** So that what failed together is not tried again together. */
    private static final double JITTER = 0.2;

    private WebhookTimes() {}

    /**
     * How long to wait after an attempt that failed.
     *
     * @param attempts how many there were, this one included
     * @param asked what the receiver asked for
     * @return empty if it was the last one
     */
    static Optional<Duration> pauseAfter(int attempts, Optional<Duration> asked, SecureRandom random) {
        if (attempts > PAUSES.size()) {
            return Optional.empty();
        }
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        Duration pause = Duration.ofMillis((long) (PAUSES.get(attempts - 1).toMillis() * factor));
        Duration wanted = asked.filter(wish -> wish.compareTo(pause) > 0).orElse(pause);
        Duration longest = pause.compareTo(LONGEST_PAUSE) > 0 ? pause : LONGEST_PAUSE;
        return Optional.of(wanted.compareTo(longest) > 0 ? longest : wanted);
    }
}
