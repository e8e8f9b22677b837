package dev.keyledger.feed;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Place of an event in the feed: that of the record that covers it, and its number among the events of that record. Its text sorts as it does,
 * is what clients keep, and is a format for ever: 20 digits, a point, 3 digits.
 *
 * @param logIndex index of the record, from 0; -1 only in {@link #BEGINNING}
 * @param part 0 to 999
 */
public record FeedPosition(long logIndex, int part) implements Comparable<FeedPosition> {

    /** Most events of one record, by the form of the text. */
    public static final int PARTS = 1000;

    /** Before every event. It has no text. */
    public static final FeedPosition BEGINNING = new FeedPosition(-1, PARTS - 1);

    private static final Pattern TEXT = Pattern.compile("([0-9]{20})\\.([0-9]{3})");

    public FeedPosition {
        if (logIndex < -1 || part < 0 || part >= PARTS) {
            throw new IllegalArgumentException("no place: " + logIndex + ", " + part);
        }
    }

    /** Behind all events of a record and before those of the next one. */
    public static FeedPosition endOf(long logIndex) {
        return new FeedPosition(logIndex, PARTS - 1);
    }

    /** The place that a text names; empty for any other text. */
    public static Optional<FeedPosition> parse(String text) {
        var matched = TEXT.matcher(text);
        if (!matched.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new FeedPosition(Long.parseLong(matched.group(1)), Integer.parseInt(matched.group(2))));
        } catch (NumberFormatException beyondEveryLog) {
            return Optional.empty();
        }
    }

    /** The text, {@code 00000000000000000042.000} for example. */
    public String text() {
        if (logIndex < 0) {
            throw new IllegalStateException("the beginning has no text");
        }
        StringBuilder text = new StringBuilder(24);
        padded(text, Long.toString(logIndex), 20);
        text.append('.');
        padded(text, Integer.toString(part), 3);
        return text.toString();
    }

    private static void padded(StringBuilder text, String digits, int width) {
        text.append("0".repeat(width - digits.length())).append(digits);
    }

    @Override
    public int compareTo(FeedPosition other) {
        int byRecord = Long.compare(logIndex, other.logIndex);
        return byRecord != 0 ? byRecord : Integer.compare(part, other.part);
    }

    @Override
    public String toString() {
        return logIndex < 0 ? "beginning" : text();
    }
}
