package dev.keyledger.api.rest;

import dev.keyledger.api.adapter.webhook.Deliveries;
import dev.keyledger.api.adapter.webhook.Delivery;
import dev.keyledger.api.adapter.webhook.Webhook;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Webhooks and deliveries as answers tell them. */
final class WebhookJson {

    private WebhookJson() {}

    static Map<String, Object> webhook(Webhook webhook) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("webhookId", webhook.id().toString());
        json.put("url", webhook.url());
        json.put("description", webhook.description());
        json.put("types", webhook.filter().types().stream().sorted().toList());
        json.put(
                "keyIds",
                webhook.filter().keyIds().stream().map(UUID::toString).sorted().toList());
        webhook.filter().tag().ifPresent(tag -> json.put("tag", Map.of("key", tag.name(), "value", tag.value())));
        json.put("ordered", webhook.ordered());
        json.put("status", webhook.status().text());
        if (!webhook.statusReason().isEmpty()) {
            json.put("statusReason", webhook.statusReason());
        }
        if (webhook.position().logIndex() >= 0) {
            json.put("sequence", webhook.position().text());
        }
        json.put("createdAt", webhook.createdAt().toString());
        json.put("createdBy", webhook.createdBy());
        return json;
    }

    static Map<String, Object> status(Webhook webhook, Deliveries.@Nullable Backlog backlog) {
        Map<String, Object> json = webhook(webhook);
        json.put("waiting", backlog == null ? 0 : backlog.waiting());
        json.put("deadLetters", backlog == null ? 0 : backlog.dead());
        json.put("lagSeconds", backlog == null ? 0 : Math.round(Math.max(0, backlog.oldestSeconds())));
        return json;
    }

    static Map<String, Object> delivery(Delivery delivery) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequence", delivery.position().text());
        json.put("eventId", delivery.eventId());
        json.put("type", delivery.type());
        json.put("subject", delivery.subject());
        json.put("state", state(delivery.state()));
        json.put("attempts", delivery.attempts());
        json.put("createdAt", delivery.created().toString());
        if (delivery.nextAttempt() != null) {
            json.put("nextAttemptAt", delivery.nextAttempt().toString());
        }
        if (delivery.finished() != null) {
            json.put("finishedAt", delivery.finished().toString());
        }
        json.put(
                "history", delivery.history().stream().map(WebhookJson::attempt).toList());
        return json;
    }

    private static String state(Delivery.State state) {
        return switch (state) {
            case QUEUED, READY -> "waiting";
            case DEAD -> "dead";
            case DELIVERED -> "delivered";
            case SKIPPED -> "skipped";
        };
    }

    private static Map<String, Object> attempt(Delivery.Try attempt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", attempt.at().toString());
        json.put("outcome", attempt.outcome());
        if (attempt.status() > 0) {
            json.put("status", attempt.status());
        }
        json.put("milliseconds", attempt.milliseconds());
        return json;
    }
}
