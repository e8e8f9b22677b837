package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.adapter.transparency.TransparencyLog;
import dev.keyledger.api.adapter.vault.WebhookSecrets;
import dev.keyledger.feed.CloudEventForm;
import dev.keyledger.material.SecretBytes;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Sends a message to a webhook because somebody wants to see whether it arrives. It is signed as all others, and in no order with them. Thread-safe. */
@Component
public class WebhookTester {

    private static final int HUNDRED = 100;

    private final WebhookSecrets secrets;
    private final TransparencyLog log;
    private final WebhookClients clients;
    private final InstantSource clock;

    WebhookTester(WebhookSecrets secrets, TransparencyLog log, WebhookClients clients, InstantSource clock) {
        this.secrets = secrets;
        this.log = log;
        this.clients = clients;
        this.clock = clock;
    }

    /**
     * How a test ended.
     *
     * @param eventId what the receiver got as {@code webhook-id}
     * @param statusClass such as {@code 2xx}; empty if there was no answer. More would make a way to look around of it
     */
    public record Outcome(String eventId, String outcome, String statusClass) {}

    /** Sends one and waits for its end, some seconds at most. */
    public Outcome send(Webhook webhook) {
        String eventId = UUID.randomUUID().toString();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] body = MessageBody.ofTest(
                eventId, webhook.id(), CloudEventForm.source(log.key().name()), now);
        List<SecretBytes> opened = secrets.open(webhook.id());
        WebhookClient.Message message;
        try {
            message = Signing.sign(URI.create(webhook.url()), eventId, now.getEpochSecond(), body, opened);
        } finally {
            opened.forEach(SecretBytes::close);
        }
        WebhookClient.Attempt attempt;
        try (WebhookClient client = clients.open(1)) {
            attempt = client.send(message, WebhookTimes.TEST);
        }
        return new Outcome(
                eventId, attempt.outcome().text(), attempt.status() == 0 ? "" : attempt.status() / HUNDRED + "xx");
    }
}
