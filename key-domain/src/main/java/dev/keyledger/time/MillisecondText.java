package dev.keyledger.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Instants as text of one form, {@code 2026-11-24T10:00:00.000Z}: always UTC, always three digits of the second, years of four digits. By
 * plain loops: every event and every record of the log has one, and a formatter takes longer than most of the rest.
 */
public final class MillisecondText {

    private static final String FORM = "0000-00-00T00:00:00.000Z";

    private MillisecondText() {}

    /**
     * Writes an instant; what it has below the millisecond is cut off.
     *
     * @throws DateTimeException if its year has not four digits
     */
    public static String of(Instant instant) {
        LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            throw new DateTimeException("not a year of four digits");
        }
        char[] text = FORM.toCharArray();
        put(text, 0, 4, utc.getYear());
        put(text, 5, 7, utc.getMonthValue());
        put(text, 8, 10, utc.getDayOfMonth());
        put(text, 11, 13, utc.getHour());
        put(text, 14, 16, utc.getMinute());
        put(text, 17, 19, utc.getSecond());
        put(text, 20, 23, utc.getNano() / 1_000_000);
        return new String(text);
    }

    private static void put(char[] text, int from, int to, int value) {
        int rest = value;
        for (int i = to - 1; i >= from; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
