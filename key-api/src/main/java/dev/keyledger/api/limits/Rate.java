package dev.keyledger.api.limits;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rate and how far it may be exceeded for a moment.
 *
 * @param perSecond how many a second in the long run, at least 1
 * @param burst how many at once after a quiet while, at least as many as a second's
 */
public record Rate(int perSecond, int burst) {

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})(?:/([1-9][0-9]{0,6}))?");

    public Rate {
        if (perSecond < 1 || burst < perSecond) {
            throw new IllegalArgumentException("a burst is at least what one second allows, and that at least 1");
        }
    }

    /**
     * Reads {@code 100} or {@code 100/500}; without a burst it is two seconds' worth.
     *
     * @return empty if the text is no rate
     */
    public static Optional<Rate> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int perSecond = Integer.parseInt(matcher.group(1));
        int burst = matcher.group(2) == null ? 2 * perSecond : Integer.parseInt(matcher.group(2));
        return burst < perSecond ? Optional.empty() : Optional.of(new Rate(perSecond, burst));
    }

    /** A full bucket of this rate; it is filled evenly and never beyond the burst. */
    Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withNanosecondPrecision()
                .build();
    }
}
