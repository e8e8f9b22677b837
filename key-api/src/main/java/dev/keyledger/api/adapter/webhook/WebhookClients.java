package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.startup.Settings;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** Makes the HTTP clients of this node, all by the same rules. */
@Component
class WebhookClients {

    private final NameLookup lookup;
    private final ReceiverRules rules;
    private final Settings.Webhooks settings;
    private final InstantSource clock;

    WebhookClients(NameLookup lookup, ReceiverRules rules, Settings settings, InstantSource clock) {
        this.lookup = lookup;
        this.rules = rules;
        this.settings = settings.webhooks();
        this.clock = clock;
        if (this.settings.caFile().isPresent()) {
            // A file of something else stops the start, and not the first message.
            open(1).close();
        }
    }

    /** A client, for the caller to close. */
    WebhookClient open(int connections) {
        return new WebhookClient(lookup, rules, settings.proxy(), settings.caFile(), connections, clock);
    }
}
