package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.adapter.timer.Upkeep;
import dev.keyledger.api.adapter.vault.WebhookSecrets;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Forgets deliveries that were finished long ago, webhooks that are gone, and secrets that count no more. */
@Component
class WebhookUpkeep implements Upkeep {

    private static final int SOME = 1_000;

    private final Deliveries deliveries;
    private final WebhookSecrets secrets;

    WebhookUpkeep(Deliveries deliveries, WebhookSecrets secrets) {
        this.deliveries = deliveries;
        this.secrets = secrets;
    }

    @Override
    public String name() {
        return "webhook-deliveries";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(5);
    }

    @Override
    public void run() throws InterruptedException {
        secrets.destroyExpired();
        while (deliveries.purge(SOME)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
