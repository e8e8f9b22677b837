package dev.keyledger.cmk;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long before an expiry or a destruction notices are given, set by the operator and the same for every key.
 *
 * @param rungs longest first, each once; empty for no notices at all
 */
public record NoticeLadder(List<NoticePeriod> rungs) {

    /** 30, 7 and 1 days and 1 hour before. */
    public static final NoticeLadder DEFAULT =
            new NoticeLadder(Stream.of(Duration.ofDays(30), Duration.ofDays(7), Duration.ofDays(1), Duration.ofHours(1))
                    .map(NoticePeriod::of)
                    .toList());

    public NoticeLadder {
        rungs = rungs.stream().sorted(Comparator.reverseOrder()).distinct().toList();
    }

    /**
     * The notice that is to be given now: of the rungs that have come and are not settled the nearest to the date. Empty if there is none, and once
     * the date itself has come.
     */
    Optional<NoticePeriod> due(DueDate date, Instant now) {
        if (!now.isBefore(date.due())) {
            return Optional.empty();
        }
        return open(date).filter(period -> !date.rung(period).isAfter(now)).reduce((longer, shorter) -> shorter);
    }

    /** When the next rung comes that is not settled. */
    Optional<Instant> next(DueDate date) {
        return open(date).findFirst().map(date::rung);
    }

    private Stream<NoticePeriod> open(DueDate date) {
        return rungs.stream().filter(period -> date.rung(period).isAfter(date.silentUntil()));
    }
}
