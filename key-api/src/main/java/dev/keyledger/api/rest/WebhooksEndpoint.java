package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.webhook.Deliveries;
import dev.keyledger.api.adapter.webhook.Delivery;
import dev.keyledger.api.adapter.webhook.ReceiverRules;
import dev.keyledger.api.adapter.webhook.Webhook;
import dev.keyledger.api.adapter.webhook.WebhookRunner;
import dev.keyledger.api.adapter.webhook.WebhookTester;
import dev.keyledger.api.adapter.webhook.Webhooks;
import dev.keyledger.api.auth.SubscriberRole;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.feed.FeedPosition;
import dev.keyledger.projection.feed.Feed;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/webhooks}: who is told of events by HTTP, and how that goes (ADR 0025). A secret is shown when it is made and never again; what
 * receivers answer is told as a status and no more.
 */
@RestController
class WebhooksEndpoint {

    private static final String COLLECTION = "/v1/webhooks";
    private static final String ONE = COLLECTION + "/{id}";
    private static final String DELIVERIES = ONE + "/deliveries";
    private static final String DELIVERY = DELIVERIES + "/{eventId}";

    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_TEXT = 512;
    private static final int MAX_OVERLAP_HOURS = 168;

    private static final String CURSOR = "1w";

    private static final Map<String, Set<Delivery.State>> STATES = Map.of(
            "waiting", Set.of(Delivery.State.QUEUED, Delivery.State.READY),
            "dead", Set.of(Delivery.State.DEAD),
            "delivered", Set.of(Delivery.State.DELIVERED),
            "skipped", Set.of(Delivery.State.SKIPPED));

    private final RestGate gate;
    private final AuditedChanges changes;
    private final AuditorLane lane;
    private final SubscriberRole subscribers;
    private final Webhooks webhooks;
    private final Deliveries deliveries;
    private final ReceiverRules rules;
    private final WebhookTester tester;
    private final WebhookRunner runner;
    private final Feed feed;

    WebhooksEndpoint(
            RestGate gate,
            AuditedChanges changes,
            AuditorLane lane,
            SubscriberRole subscribers,
            Webhooks webhooks,
            Deliveries deliveries,
            ReceiverRules rules,
            WebhookTester tester,
            WebhookRunner runner,
            Feed feed) {
        this.gate = gate;
        this.changes = changes;
        this.lane = lane;
        this.subscribers = subscribers;
        this.webhooks = webhooks;
        this.deliveries = deliveries;
        this.rules = rules;
        this.tester = tester;
        this.runner = runner;
        this.feed = feed;
    }

    @PostMapping(COLLECTION)
    ResponseEntity<?> create(HttpServletRequest request) {
        return run(request, "CreateWebhook", "*", Set.of(), (call, query) -> {
            Webhooks.Wanted wanted = WebhookRequest.of(call.json(), rules, feed::head);
            Webhooks.Made made = changes.make(call, () -> {
                Webhooks.Made fresh = webhooks.create(wanted, call.caller().principal());
                // Of the address only the host: the rest may hold a token.
                call.audit()
                        .internalReason(fresh.webhook().id() + " to "
                                + URI.create(fresh.webhook().url()).getHost());
                return fresh;
            });
            runner.lookAgain();
            Map<String, Object> body = WebhookJson.webhook(made.webhook());
            body.put("secret", made.secret());
            return ResponseEntity.status(HttpStatus.CREATED).body(body);
        });
    }

    @GetMapping(COLLECTION)
    ResponseEntity<?> list(HttpServletRequest request) {
        return run(
                request,
                "ListWebhooks",
                "*",
                Set.of(),
                (call, query) -> lane.read(call.audit().deadline(), () -> {
                    Map<UUID, Deliveries.Backlog> backlogs = deliveries.backlogs();
                    return ResponseEntity.ok(Map.of(
                            "webhooks",
                            webhooks.all().stream()
                                    .map(webhook -> WebhookJson.status(webhook, backlogs.get(webhook.id())))
                                    .toList()));
                }));
    }

    @GetMapping(ONE)
    ResponseEntity<?> get(HttpServletRequest request, @PathVariable("id") String id) {
        return run(
                request,
                "GetWebhook",
                id,
                Set.of(),
                (call, query) -> lane.read(call.audit().deadline(), () -> {
                    Webhook webhook = require(id);
                    return ResponseEntity.ok(
                            WebhookJson.status(webhook, deliveries.backlogs().get(webhook.id())));
                }));
    }

    @PostMapping(ONE + "/test")
    ResponseEntity<?> test(HttpServletRequest request, @PathVariable("id") String id) {
        return run(request, "TestWebhook", id, Set.of(), (call, query) -> {
            call.audit().internalReason(id);
            WebhookTester.Outcome outcome = tester.send(require(id));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("eventId", outcome.eventId());
            body.put("outcome", outcome.outcome());
            if (!outcome.statusClass().isEmpty()) {
                body.put("status", outcome.statusClass());
            }
            return ResponseEntity.ok(body);
        });
    }

    @PostMapping(ONE + "/pause")
    ResponseEntity<?> pause(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "PauseWebhook", id, id, webhook -> {
            webhooks.set(webhook.id(), Webhook.Status.PAUSED);
            return status(Webhook.Status.PAUSED);
        });
    }

    @PostMapping(ONE + "/resume")
    ResponseEntity<?> resume(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "ResumeWebhook", id, id, webhook -> {
            webhooks.set(webhook.id(), Webhook.Status.ACTIVE);
            return status(Webhook.Status.ACTIVE);
        });
    }

    private static Map<String, Object> status(Webhook.Status status) {
        return Map.of("status", status.text());
    }

    @PostMapping(ONE + "/rotate-secret")
    ResponseEntity<?> rotateSecret(HttpServletRequest request, @PathVariable("id") String id) {
        return run(request, "RotateWebhookSecret", id, Set.of("overlapHours"), (call, query) -> {
            call.audit().internalReason(id);
            Duration overlap = query.number("overlapHours", 0, MAX_OVERLAP_HOURS)
                    .map(Duration::ofHours)
                    .orElse(Webhooks.OVERLAP);
            return ResponseEntity.ok(changes.make(
                    call,
                    () -> Map.of(
                            "secret",
                            webhooks.rotate(require(id).id(), overlap).orElseThrow(WebhooksEndpoint::unknown),
                            "overlapHours",
                            overlap.toHours())));
        });
    }

    @DeleteMapping(ONE)
    ResponseEntity<?> delete(HttpServletRequest request, @PathVariable("id") String id) {
        return change(request, "DeleteWebhook", id, id, webhook -> Map.of("deleted", webhooks.delete(webhook.id())));
    }

    @GetMapping(DELIVERIES)
    ResponseEntity<?> deliveries(HttpServletRequest request, @PathVariable("id") String id) {
        return run(request, "ListWebhookDeliveries", id, Set.of("state", "limit", "cursor"), (call, query) -> {
            int limit = query.number("limit", 1, MAX_LIMIT)
                    .orElse((long) DEFAULT_LIMIT)
                    .intValue();
            Set<Delivery.State> states = query.oneOf(
                            "state", STATES.keySet().stream().sorted().toList())
                    .map(STATES::get)
                    .orElse(Set.of());
            FeedPosition before =
                    query.text("cursor", MAX_TEXT).map(WebhooksEndpoint::before).orElse(null);
            return lane.read(call.audit().deadline(), () -> {
                // One more than asked for tells whether there is a next page.
                List<Delivery> found = deliveries.list(require(id).id(), states, before, limit + 1);
                List<Delivery> page = found.subList(0, Math.min(limit, found.size()));
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("deliveries", page.stream().map(WebhookJson::delivery).toList());
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

    private static FeedPosition before(String cursor) {
        String plain = CursorText.plain(cursor);
        if (!plain.startsWith(CURSOR)) {
            throw CursorText.notOurs();
        }
        return FeedPosition.parse(plain.substring(CURSOR.length())).orElseThrow(CursorText::notOurs);
    }

    @PostMapping(DELIVERY + "/retry")
    ResponseEntity<?> retry(
            HttpServletRequest request, @PathVariable("id") String id, @PathVariable("eventId") String eventId) {
        return change(request, "RetryWebhookDelivery", id, id + " " + eventId, webhook -> {
            requireDelivery(deliveries.retry(webhook.id(), eventId));
            return Map.of("retried", 1);
        });
    }

    @PostMapping(DELIVERY + "/skip")
    ResponseEntity<?> skip(
            HttpServletRequest request, @PathVariable("id") String id, @PathVariable("eventId") String eventId) {
        return change(request, "SkipWebhookDelivery", id, id + " " + eventId, webhook -> {
            requireDelivery(deliveries.skip(webhook.id(), eventId));
            return Map.of("skipped", 1);
        });
    }

    @PostMapping(ONE + "/dead-letters/retry")
    ResponseEntity<?> retryDead(HttpServletRequest request, @PathVariable("id") String id) {
        return change(
                request,
                "RetryWebhookDeadLetters",
                id,
                id,
                webhook -> Map.of("retried", deliveries.retryDead(webhook.id())));
    }

    private static void requireDelivery(boolean there) {
        if (!there) {
            throw Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                    .advising("No delivery of this event waits or was given up, or it is under way just now.");
        }
    }

    /** What can be asked. */
    @FunctionalInterface
    private interface Act {
        ResponseEntity<?> with(RestCall call, QueryParameters query);
    }

    private ResponseEntity<?> run(
            HttpServletRequest request, String action, String resource, Set<String> parameters, Act act) {
        return gate.run(request, action, resource, call -> {
            subscribers.require(call.caller(), action);
            return act.with(call, QueryParameters.of(call, parameters));
        });
    }

    private ResponseEntity<?> change(
            HttpServletRequest request,
            String action,
            String id,
            String note,
            Function<Webhook, Map<String, Object>> change) {
        return run(
                request,
                action,
                id,
                Set.of(),
                (call, query) -> changes.noted(call, note, () -> change.apply(require(id)), runner::lookAgain));
    }

    private Webhook require(String id) {
        if (!KeyId.isKeyId(id)) {
            throw unknown();
        }
        return webhooks.find(UUID.fromString(id)).orElseThrow(WebhooksEndpoint::unknown);
    }

    private static Refusal unknown() {
        return Refusal.of(ErrorCode.RESOURCE_ID_NOT_FOUND)
                .advising("There is no webhook of this id; GET " + COLLECTION + " lists them.");
    }
}
