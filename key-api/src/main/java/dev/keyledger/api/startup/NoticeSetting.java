package dev.keyledger.api.startup;

import dev.keyledger.cmk.NoticeLadder;
import dev.keyledger.cmk.NoticePeriod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The notice ladder as an operator writes it: {@code 30d,7d,1d,1h}, with {@code d}, {@code h} and {@code m}, or {@code off}. */
public final class NoticeSetting {

    private static final String OFF = "off";

    /** Each rung that a key passes is an event for ever. */
    private static final int MOST_RUNGS = 16;

    private static final Pattern RUNG = Pattern.compile("([1-9][0-9]{0,6})([dhm])");

    private NoticeSetting() {}

    /** Reads a ladder; empty if the text is none, or names a period twice. */
    static Optional<NoticeLadder> parse(String text) {
        if (text.equals(OFF)) {
            return Optional.of(new NoticeLadder(List.of()));
        }
        List<NoticePeriod> rungs = new ArrayList<>();
        for (String rung : text.split(",", -1)) {
            Optional<NoticePeriod> period = period(rung.trim());
            if (period.isEmpty()) {
                return Optional.empty();
            }
            rungs.add(period.get());
        }
        return rungs.size() > MOST_RUNGS || new HashSet<>(rungs).size() < rungs.size()
                ? Optional.empty()
                : Optional.of(new NoticeLadder(rungs));
    }

    private static Optional<NoticePeriod> period(String text) {
        Matcher matcher = RUNG.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        try {
            return Optional.of(NoticePeriod.of(
                    switch (matcher.group(2)) {
                        case "d" -> Duration.ofDays(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofMinutes(number);
                    }));
        } catch (IllegalArgumentException outOfRange) {
            return Optional.empty();
        }
    }

    /** Writes a ladder; equal ladders have equal texts. */
    public static String textOf(NoticeLadder ladder) {
        return ladder.rungs().isEmpty()
                ? OFF
                : ladder.rungs().stream().map(NoticeSetting::textOf).collect(Collectors.joining(","));
    }

    private static String textOf(NoticePeriod period) {
        long minutes = period.length().toMinutes();
        if (minutes % 1_440 == 0) {
            return minutes / 1_440 + "d";
        }
        return minutes % 60 == 0 ? minutes / 60 + "h" : minutes + "m";
    }
}
