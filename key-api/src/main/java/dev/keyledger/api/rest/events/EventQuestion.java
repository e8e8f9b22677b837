package dev.keyledger.api.rest.events;

import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.api.rest.RestCall;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.feed.PublicEvents;
import dev.keyledger.projection.feed.FeedFilter;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which events somebody asks for, as the query says it; the same for pages and for streams. */
final class EventQuestion {

    static final String AFTER = "after";
    static final String LIMIT = "limit";
    static final String FROM = "from";
    static final String TO = "to";
    static final String KEY = "key";
    static final String TYPE = "type";
    static final String TAG = "tag";

    /** What a page has. */
    static final Set<String> OF_A_PAGE = Set.of(AFTER, LIMIT, FROM, TO, KEY, TYPE, TAG);

    /** What a stream has: it ends when its reader goes, so it has no limit and no end. */
    static final Set<String> OF_A_STREAM = Set.of(AFTER, FROM, KEY, TYPE, TAG);

    private static final int MOST_KEYS = 100;
    private static final int MAX_LIST = 8_192;
    private static final int MAX_TAG = 512;
    private static final int MAX_POSITION = 64;

    private EventQuestion() {}

    /**
     * Reads what is wanted, and notes the keys in the request's record.
     *
     * @param from the first instant, which pages and streams read each in their way
     */
    static FeedFilter filter(RestCall call, QueryParameters query, @Nullable Instant from, @Nullable Instant to) {
        Set<UUID> keys = keys(query);
        keys.forEach(key -> call.audit().keyId(new KeyId(key.toString())));
        call.audit().internalReason(text(call.queries()));
        return new FeedFilter(keys, types(query), tag(query), from, to);
    }

    private static String text(Map<String, String> queries) {
        Map<String, String> asked = new TreeMap<>(queries);
        asked.keySet().retainAll(OF_A_PAGE);
        return asked.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    private static Set<UUID> keys(QueryParameters query) {
        Set<UUID> keys = new LinkedHashSet<>();
        for (String id : list(query, KEY)) {
            if (!KeyId.isKeyId(id)) {
                throw QueryParameters.invalid(KEY, "It is a UUID in lower case, or some of them with commas between.");
            }
            keys.add(UUID.fromString(id));
        }
        if (keys.size() > MOST_KEYS) {
            throw QueryParameters.invalid(KEY, "It names at most " + MOST_KEYS + " keys.");
        }
        return keys;
    }

    private static Set<String> types(QueryParameters query) {
        Set<String> types = new LinkedHashSet<>();
        for (String type : list(query, TYPE)) {
            // A type with a slip of the pen would look like one that never happens.
            if (!PublicEvents.isType(type)) {
                throw QueryParameters.invalid(
                        TYPE,
                        "It is the name of a type, or some of them with commas between; GET /v1/events/schemas has them all.");
            }
            types.add(type);
        }
        return types;
    }

    private static List<String> list(QueryParameters query, String name) {
        return query.text(name, MAX_LIST)
                .map(text -> List.of(text.split(",", -1)))
                .orElse(List.of());
    }

    private static Optional<FeedFilter.Tag> tag(QueryParameters query) {
        return query.text(TAG, MAX_TAG).map(text -> {
            int colon = text.indexOf(':');
            if (colon < 1) {
                throw QueryParameters.invalid(TAG, "It is the name of a tag, a colon and its value.");
            }
            return new FeedFilter.Tag(text.substring(0, colon), text.substring(colon + 1));
        });
    }

    /** The position that a parameter names. */
    static Optional<FeedPosition> after(QueryParameters query, FeedPosition head) {
        return query.text(AFTER, MAX_POSITION).map(text -> position(AFTER, text, head));
    }

    /**
     * The position that a text names.
     *
     * @param head up to where the feed goes: a reader that is further has read another one, or this one before it was set back
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_PARAMETER} if it names none, or one beyond the head
     */
    static FeedPosition position(String name, String text, FeedPosition head) {
        FeedPosition position = FeedPosition.parse(text)
                .orElseThrow(
                        () -> QueryParameters.invalid(
                                name,
                                "It is the sequence of an event, or a position that an answer gave: 20 digits, a point, 3 digits."));
        if (position.compareTo(head) > 0) {
            throw QueryParameters.invalid(
                    name,
                    "The feed goes up to " + head + ": who is further has read another one, or one that was lost.");
        }
        return position;
    }
}
