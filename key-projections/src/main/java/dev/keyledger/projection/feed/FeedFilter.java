package dev.keyledger.projection.feed;

import dev.keyledger.feed.FeedEvent;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events somebody wants; what is empty or null restricts nothing.
 *
 * @param keyIds events that concern one of these keys
 * @param types events of one of these names
 * @param tag events of keys that have this tag directly before or directly after the event
 * @param from events at this instant and later, by store time
 * @param to events before this instant
 */
public record FeedFilter(
        Set<UUID> keyIds,
        Set<String> types,
        Optional<Tag> tag,
        @Nullable Instant from,
        @Nullable Instant to) {

    /** Every event. */
    public static final FeedFilter NONE = new FeedFilter(Set.of(), Set.of(), Optional.empty(), null, null);

    public FeedFilter {
        keyIds = Set.copyOf(keyIds);
        types = Set.copyOf(types);
    }

    /** A tag of a key. */
    public record Tag(String name, String value) {}

    /** Whether the event passes everything but the tag, which only the store knows. */
    public boolean admits(FeedEvent event) {
        return (keyIds.isEmpty() || event.keyIds().stream().anyMatch(keyIds::contains))
                && (types.isEmpty() || types.contains(event.type()))
                && (from == null || !event.time().isBefore(from))
                && (to == null || event.time().isBefore(to));
    }
}
