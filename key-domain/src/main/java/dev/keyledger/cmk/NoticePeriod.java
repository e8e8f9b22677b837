package dev.keyledger.cmk;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long before something is due a notice of it is given: one rung of the {@linkplain NoticeLadder ladder}.
 *
 * <p>Its text is a format (ADR 0024): an ISO 8601 duration of whole days if it is that, else of whole hours, else of minutes, such as {@code
 * P30D}, {@code PT36H} or {@code PT90M}. So equal periods have equal texts.
 *
 * @param text one minute to 3,650 days
 */
public record NoticePeriod(String text) implements Comparable<NoticePeriod> {

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private static final Pattern FORM = Pattern.compile("P([1-9][0-9]{0,3})D|PT([1-9][0-9]{0,6})([HM])");

    /** Refuses every text but the one of the period. */
    public NoticePeriod {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !text.equals(textOf(Duration.parse(text)))) {
            throw new IllegalArgumentException("not the text of a notice period");
        }
    }

    /**
     * The period of this length.
     *
     * @throws IllegalArgumentException if it is not in whole minutes, or out of range
     */
    public static NoticePeriod of(Duration length) {
        return new NoticePeriod(textOf(length));
    }

    private static String textOf(Duration length) {
        if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0 || length.toSeconds() % 60 != 0) {
            throw new IllegalArgumentException("a notice period is one minute to 3,650 days, in whole minutes");
        }
        long minutes = length.toMinutes();
        if (minutes % 1_440 == 0) {
            return "P" + minutes / 1_440 + "D";
        }
        return minutes % 60 == 0 ? "PT" + minutes / 60 + "H" : "PT" + minutes + "M";
    }

    /** How long it is; a day has 24 hours. */
    public Duration length() {
        return Duration.parse(text);
    }

    /** Shorter before longer. */
    @Override
    public int compareTo(NoticePeriod other) {
        return length().compareTo(other.length());
    }

    @Override
    public String toString() {
        return text;
    }
}
