package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.webhook.ReceiverRules;
import dev.keyledger.api.adapter.webhook.Webhooks;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.feed.PublicEvents;
import dev.keyledger.projection.feed.FeedFilter;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of a request for a webhook, read strictly: a member that is not known is refused, since the caller means something by it. */
final class WebhookRequest {

    private static final Set<String> MEMBERS =
            Set.of("url", "description", "types", "keyIds", "tag", "ordered", "start");

    private static final int MAX_DESCRIPTION = 256;
    private static final int MAX_KEYS = 100;
    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;

    private static final String NOW = "now";
    private static final String BEGINNING = "beginning";

    private final JsonNode body;

    private WebhookRequest(JsonNode body) {
        this.body = body;
    }

    /**
     * What somebody wants.
     *
     * @param head where the feed ends now
     * @throws Refusal {@code INVALID_PARAMETER} or {@code MISSING_PARAMETER}
     */
    static Webhooks.Wanted of(JsonNode body, ReceiverRules rules, Supplier<FeedPosition> head) {
        for (String member : body.propertyNames()) {
            if (!MEMBERS.contains(member)) {
                throw QueryParameters.invalid(
                        member.length() > 64 ? member.substring(0, 64) : member,
                        "The members are: " + String.join(", ", new TreeSet<>(MEMBERS)) + ".");
            }
        }
        WebhookRequest request = new WebhookRequest(body);
        String url = request.text("url", ReceiverRules.MAX_URL);
        if (url.isEmpty()) {
            throw Refusal.of(ErrorCode.MISSING_PARAMETER, "url");
        }
        rules.objection(url).ifPresent(objection -> {
            throw QueryParameters.invalid("url", objection);
        });
        String start = request.text("start", 64);
        Optional<FeedPosition> place = place(start, head);
        Instant from = place.isPresent() ? null : QueryParameters.instant("start", start);
        return new Webhooks.Wanted(
                url,
                request.text("description", MAX_DESCRIPTION),
                request.filter(from),
                request.ordered(),
                place.orElse(FeedPosition.BEGINNING));
    }

    /** Empty if it is, if anything, an instant. */
    private static Optional<FeedPosition> place(String start, Supplier<FeedPosition> head) {
        return switch (start) {
            case "", NOW -> Optional.of(head.get());
            case BEGINNING -> Optional.of(FeedPosition.BEGINNING);
            default -> FeedPosition.parse(start);
        };
    }

    private FeedFilter filter(@Nullable Instant from) {
        Set<String> types = new LinkedHashSet<>();
        each("types", type -> {
            if (!PublicEvents.isType(type)) {
                throw QueryParameters.invalid("types", "They are names of events, keyledger.key.disabled for example.");
            }
            types.add(type);
        });
        Set<UUID> keys = new LinkedHashSet<>();
        each("keyIds", key -> {
            if (!KeyId.isKeyId(key) || keys.size() == MAX_KEYS) {
                throw QueryParameters.invalid("keyIds", "They are ids of keys, at most " + MAX_KEYS + ".");
            }
            keys.add(UUID.fromString(key));
        });
        return new FeedFilter(keys, types, tag(), from, null);
    }

    private void each(String member, Consumer<String> element) {
        JsonNode array = body.path(member);
        if (array.isMissingNode()) {
            return;
        }
        if (!array.isArray()) {
            throw QueryParameters.invalid(member, "It is an array of texts.");
        }
        for (JsonNode each : array) {
            if (!each.isString()) {
                throw QueryParameters.invalid(member, "It is an array of texts.");
            }
            element.accept(each.stringValue());
        }
    }

    private Optional<FeedFilter.Tag> tag() {
        JsonNode tag = body.path("tag");
        if (tag.isMissingNode()) {
            return Optional.empty();
        }
        JsonNode key = tag.path("key");
        JsonNode value = tag.path("value");
        if (!tag.isObject() || tag.size() != 2 || !good(key, 1, MAX_TAG_KEY) || !good(value, 0, MAX_TAG_VALUE)) {
            throw QueryParameters.invalid("tag", "It is an object of key and value.");
        }
        return Optional.of(new FeedFilter.Tag(key.stringValue(), value.stringValue()));
    }

    private boolean ordered() {
        JsonNode ordered = body.path("ordered");
        if (!ordered.isMissingNode() && !ordered.isBoolean()) {
            throw QueryParameters.invalid("ordered", "It is true or false.");
        }
        return ordered.asBoolean(true);
    }

    private String text(String member, int most) {
        JsonNode text = body.path(member);
        if (text.isMissingNode()) {
            return "";
        }
        if (!good(text, 0, most)) {
            throw QueryParameters.invalid(member, "It is text of at most " + most + " characters.");
        }
        return text.stringValue();
    }

    /** The store's text holds no NUL. */
    private static boolean good(JsonNode text, int least, int most) {
        return text.isString()
                && text.stringValue().length() >= least
                && text.stringValue().length() <= most
                && text.stringValue().indexOf('\0') < 0;
    }
}
