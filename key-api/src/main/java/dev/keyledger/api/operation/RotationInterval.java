package dev.keyledger.api.operation;

import dev.keyledger.api.protocol.Parameters;
import java.util.regex.Pattern;

/** {@code RotationInterval}: a number and {@code d}, {@code h}, {@code m} or {@code s}, from 7 to 730 days. Nothing rotates, so only its form matters. */
public final class RotationInterval {

    private static final String NAME = "RotationInterval";
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([dhms])");
    private static final long DAY_SECONDS = 86_400;

    private RotationInterval() {}

    /** Refuses an absent, malformed or impossible interval. */
    public static void check(Parameters parameters) {
        var interval = FORM.matcher(parameters.required(NAME));
        if (!interval.matches()) {
            throw Parameters.invalid(NAME);
        }
        long seconds = Long.parseLong(interval.group(1)) * unitSeconds(interval.group(2));
        if (seconds < 7 * DAY_SECONDS || seconds > 730 * DAY_SECONDS) {
            throw Parameters.invalid(NAME);
        }
    }

    private static long unitSeconds(String unit) {
        return switch (unit) {
            case "d" -> DAY_SECONDS;
            case "h" -> 3_600;
            case "m" -> 60;
            default -> 1;
        };
    }
}
