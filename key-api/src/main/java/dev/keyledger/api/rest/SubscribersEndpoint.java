package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.subscriber.SubscriberRunner;
import dev.keyledger.api.adapter.subscriber.Subscribers;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/subscribers}: how far the handlers of extensions and the broker were told of events, what they refused, and what an operator may do about
 * that. A change is only noted here; the node that tells the subscriber does it.
 */
@RestController
class SubscribersEndpoint {

    private static final String COLLECTION = "/v1/subscribers";
    private static final String ONE = COLLECTION + "/{name}";
    private static final String DEAD_LETTERS = ONE + "/dead-letters";

    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_TEXT = 512;

    private static final String CURSOR = "1d";

    private final AuditorGate auditors;
    private final AuditorLane lane;
    private final RestGate gate;
    private final AuditedChanges changes;
    private final Subscribers subscribers;
    private final SubscriberRunner runner;

    SubscribersEndpoint(
            AuditorGate auditors,
            AuditorLane lane,
            RestGate gate,
            AuditedChanges changes,
            Subscribers subscribers,
            SubscriberRunner runner) {
        this.auditors = auditors;
        this.lane = lane;
        this.gate = gate;
        this.changes = changes;
        this.subscribers = subscribers;
        this.runner = runner;
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return auditors.run(
                request,
                "ListSubscribers",
                "*",
                Set.of(),
                (call, query) -> lane.read(
                        call.audit().deadline(),
                        () -> ResponseEntity.ok(Map.of(
                                "subscribers",
                                subscribers.all().stream().map(this::status).toList()))));
    }

    @GetMapping(DEAD_LETTERS)
    ResponseEntity<?> deadLetters(HttpServletRequest request, @PathVariable("name") String name) {
        return auditors.run(request, "ListDeadLetters", name, Set.of("limit", "cursor"), (call, query) -> {
            int limit = query.number("limit", 1, MAX_LIMIT)
                    .orElse((long) DEFAULT_LIMIT)
                    .intValue();
            FeedPosition after = query.text("cursor", MAX_TEXT)
                    .map(SubscribersEndpoint::after)
                    .orElse(FeedPosition.BEGINNING);
            return lane.read(call.audit().deadline(), () -> {
                require(name);
                // One more than asked for tells whether there is a next page.
                List<Subscribers.DeadLetter> found = subscribers.deadLetters(name, after, limit + 1);
                List<Subscribers.DeadLetter> page = found.subList(0, Math.min(limit, found.size()));
                Map<String, Object> body = new LinkedHashMap<>();
                body.put(
                        "deadLetters",
                        page.stream().map(SubscribersEndpoint::deadLetter).toList());
                if (found.size() > limit) {
                    body.put(
                            "nextCursor",
                            CursorText.of(
                                    CURSOR + page.get(limit - 1).position().text()));
                }
                return ResponseEntity.ok(body);
            });
        });
    }

    @PostMapping(ONE + "/retry")
    ResponseEntity<?> retry(HttpServletRequest request, @PathVariable("name") String name) {
        return change(request, "RetryDeadLetters", name, name, () -> Map.of("deadLetters", subscribers.retry(name)));
    }

    @DeleteMapping(DEAD_LETTERS + "/{sequence}")
    ResponseEntity<?> skip(
            HttpServletRequest request, @PathVariable("name") String name, @PathVariable("sequence") String sequence) {
        return change(request, "SkipDeadLetter", name, name + " " + sequence, () -> {
            if (FeedPosition.parse(sequence)
                    .filter(position -> subscribers.skip(name, position))
                    .isEmpty()) {
                throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                        .advising("Nothing is parked there; GET " + COLLECTION + "/" + name
                                + "/dead-letters lists what is.");
            }
            return Map.of("skipped", true);
        });
    }

    private ResponseEntity<?> change(
            HttpServletRequest request, String action, String name, String note, Supplier<Map<String, Object>> change) {
        return gate.run(
                request,
                action,
                name,
                call -> changes.noted(
                        call,
                        note,
                        () -> {
                            require(name);
                            return change.get();
                        },
                        runner::lookAgain));
    }

    private void require(String name) {
        if (!subscribers.has(name)) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                    .advising("There is no subscriber of this name; GET " + COLLECTION + " lists them.");
        }
    }

    private Map<String, Object> status(Subscribers.Status status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", status.name());
        json.put("kind", status.kind());
        json.put("loaded", runner.names().contains(status.name()));
        json.put("begunAt", status.begunAt().toString());
        if (status.position().logIndex() >= 0) {
            json.put("sequence", status.position().text());
        }
        put(json, "node", status.owner());
        json.put("lag", status.lag());
        put(json, "waitingSince", status.waitingSince());
        json.put("deadLetters", status.deadLetters());
        json.put("standing", status.standing());
        put(json, "trouble", status.trouble());
        put(json, "troubledAt", status.troubledAt());
        return json;
    }

    private static Map<String, Object> deadLetter(Subscribers.DeadLetter letter) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequence", letter.position().text());
        json.put("id", letter.id());
        json.put("type", letter.type());
        json.put("subject", letter.subject());
        put(json, "reason", letter.reason());
        json.put("attempts", letter.attempts());
        json.put("parkedAt", letter.parkedAt().toString());
        return json;
    }

    private static void put(Map<String, Object> json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }

    private static FeedPosition after(String cursor) {
        String plain = CursorText.plain(cursor);
        return (plain.startsWith(CURSOR)
                        ? FeedPosition.parse(plain.substring(CURSOR.length()))
                        : Optional.<FeedPosition>empty())
                .orElseThrow(CursorText::notOurs);
    }
}
