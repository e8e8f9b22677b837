package dev.keyledger.projection.asof;

import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyFold;
import dev.keyledger.cmk.KeyLifecycle;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.KeyHistory;
import dev.keyledger.projection.history.PastEvent;
import dev.keyledger.projection.keystate.KeySummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key as it was. Pure: time is an argument, and what moves a key is the domain's own fold.
 *
 * @param lastEvent the last event that had happened
 * @param began how it came into the state in which it was
 * @param ended how it left that state; null if it has not yet
 */
public record KeyAsOf(
        Moment moment,
        KeyFold fold,
        PastEvent lastEvent,
        Turn began,
        @Nullable Turn ended) {

    /**
     * Looks at a key.
     *
     * @param history with causes, if the moment is a place in the log
     * @param now store time, up to which it is known what came of it
     * @return empty if there were no events of it yet, or it was destroyed
     */
    static Optional<KeyAsOf> of(KeyHistory history, Moment moment, Instant now) {
        int count = moment.countOf(history.events());
        if (count == 0) {
            return Optional.empty();
        }
        List<PastEvent> happened = history.events().subList(0, count);
        KeyFold fold = KeyFold.of((KeyCreated) happened.get(0).event());
        for (PastEvent past : happened.subList(1, count)) {
            fold = fold.after(past.event());
        }
        if (fold.destroyed()) {
            return Optional.empty();
        }
        List<Turn> before = Turn.of(happened, moment.instant());
        return Optional.of(new KeyAsOf(
                moment,
                fold,
                happened.get(count - 1),
                before.get(before.size() - 1),
                next(Turn.of(history.events(), now), count, moment.instant())));
    }

    private static @Nullable Turn next(List<Turn> turns, int count, Instant instant) {
        return turns.stream()
                .filter(turn -> turn.happened() > count
                        || (turn.happened() == count
                                && turn.byExpiry()
                                && turn.at().isAfter(instant)))
                .findFirst()
                .orElse(null);
    }

    /** The events that it names, at most three; some may be the same. */
    List<PastEvent> named() {
        return ended == null ? List.of(lastEvent, began.event()) : List.of(lastEvent, began.event(), ended.event());
    }

    /** The same, with the causes of the events that it names. */
    KeyAsOf explained(Map<String, Cause> causes) {
        return new KeyAsOf(
                moment,
                fold,
                lastEvent.causedBy(causes.get(lastEvent.eventId())),
                began.explained(causes),
                ended == null ? null : ended.explained(causes));
    }

    /** As {@link dev.keyledger.projection.keystate.KeyStateQueries#find} would have answered then. */
    public KeySummary summary() {
        KeyLifecycle effective = fold.at(moment.instant());
        KeyCreated created = fold.created();
        return new KeySummary(
                created.keyId(),
                lastEvent.keyStateVersion(),
                effective.state(),
                created.origin(),
                created.spec().toString(),
                created.usage().toString(),
                created.protectionLevel().toString(),
                fold.description(),
                created.creator(),
                created.at(),
                fold.primaryVersion(),
                fold.primaryVersionAt(),
                effective.hasMaterial() ? fold.primaryVersion() : null,
                effective.materialExpiresAt(),
                effective.deleteAt(),
                fold.deletionProtected(),
                fold.deletionProtectionDescription());
    }
}
