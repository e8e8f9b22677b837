package dev.keyledger.projection.feed;

import dev.keyledger.feed.FeedEvent;
import dev.keyledger.feed.FeedPosition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which tags keys had at a place of the feed. Found from the events themselves, so that the answer is the same for ever. */
final class TagsAsOf {

    private static final String TAGS_CHANGED = "keyledger.key.tags-changed";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final JdbcClient jdbc;

    TagsAsOf(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of some events, which are in order, one of whose keys has the tag directly before or after it. */
    List<FeedEvent> havingBeforeOrAfter(List<FeedEvent> events, FeedFilter.Tag tag) {
        if (events.isEmpty()) {
            return events;
        }
        Map<UUID, NavigableMap<FeedPosition, Boolean>> changes =
                changes(events, tag, events.get(events.size() - 1).position());
        List<FeedEvent> having = new ArrayList<>();
        for (FeedEvent event : events) {
            if (event.keyIds().stream().anyMatch(key -> had(changes.get(key), event.position()))) {
                having.add(event);
            }
        }
        return having;
    }

    private static boolean had(@Nullable NavigableMap<FeedPosition, Boolean> changes, FeedPosition place) {
        if (changes == null) {
            return false;
        }
        var before = changes.lowerEntry(place);
        var after = changes.floorEntry(place);
        return (before != null && before.getValue()) || (after != null && after.getValue());
    }

    /** By key, from which place on it had the tag or not; of places without a change nothing is said. */
    private Map<UUID, NavigableMap<FeedPosition, Boolean>> changes(
            List<FeedEvent> events, FeedFilter.Tag tag, FeedPosition last) {
        UUID[] keys = events.stream()
                .flatMap(event -> event.keyIds().stream())
                .distinct()
                .toArray(UUID[]::new);
        Map<UUID, NavigableMap<FeedPosition, Boolean>> changes = new HashMap<>();
        jdbc.sql("""
                        select f.log_index, f.part, f.key_ids[1] as key_id, e.payload
                        from feed_event f join domain_event e on e.event_identifier = f.event_identifier
                        where f.type = :type and f.key_ids && :keys and (f.log_index, f.part) <= (:index, :part)
                        """)
                .param("type", TAGS_CHANGED)
                .param("keys", keys)
                .param("index", last.logIndex())
                .param("part", last.part())
                .query(row -> {
                    JsonNode payload = JSON.readTree(new String(row.getBytes("payload"), StandardCharsets.UTF_8));
                    Boolean has = has(payload, tag);
                    if (has != null) {
                        changes.computeIfAbsent(row.getObject("key_id", UUID.class), key -> new TreeMap<>())
                                .put(new FeedPosition(row.getLong("log_index"), row.getInt("part")), has);
                    }
                });
        return changes;
    }

    private static @Nullable Boolean has(JsonNode payload, FeedFilter.Tag tag) {
        JsonNode set = payload.path("set").path(tag.name());
        if (!set.isMissingNode()) {
            return set.asString().equals(tag.value());
        }
        for (JsonNode removed : payload.path("removed")) {
            if (removed.asString().equals(tag.name())) {
                return Boolean.FALSE;
            }
        }
        return null;
    }
}
