package dev.keyledger.projection.asof;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.history.Cause;
import dev.keyledger.projection.history.KeyHistories;
import dev.keyledger.projection.history.KeyHistory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks at keys as they were. At an instant only the records of the events that an answer names are looked up, three for a key however long its
 * history is; at a place in the log those of all events, since a record's place says whether its events had happened.
 */
@Component
public class KeysAsOf {

    private final KeyHistories histories;

    KeysAsOf(KeyHistories histories) {
        this.histories = histories;
    }

    /**
     * What was seen of a key.
     *
     * @param history all that ever happened to it
     * @param key empty if there were no events of it yet, or it was destroyed
     */
    public record Seen(KeyHistory history, Optional<KeyAsOf> key) {}

    /**
     * One key.
     *
     * @param now store time, up to which it is known what came of it
     */
    public Seen of(KeyId keyId, Moment moment, Instant now) {
        return of(List.of(keyId), moment, now).get(0);
    }

    /** Some keys, in their order. */
    public List<Seen> of(List<KeyId> keyIds, Moment moment, Instant now) {
        return see(histories.of(keyIds), moment, now);
    }

    /** The keys that follow, as many as {@link KeyHistories#following} reads. */
    public List<Seen> following(@Nullable KeyId after, int events, Moment moment, Instant now) {
        return see(histories.following(after, events), moment, now);
    }

    private List<Seen> see(List<KeyHistory> read, Moment moment, Instant now) {
        if (moment.position() != null) {
            return histories.explained(read).stream()
                    .map(history -> new Seen(history, KeyAsOf.of(history, moment, now)))
                    .toList();
        }
        List<Seen> bare = read.stream()
                .map(history -> new Seen(history, KeyAsOf.of(history, moment, now)))
                .toList();
        Map<String, Cause> causes = histories.causes(bare.stream()
                .flatMap(seen -> seen.key().stream())
                .flatMap(key -> key.named().stream())
                .toList());
        return bare.stream()
                .map(seen -> new Seen(seen.history(), seen.key().map(key -> key.explained(causes))))
                .toList();
    }
}
