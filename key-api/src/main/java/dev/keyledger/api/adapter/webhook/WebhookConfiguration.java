package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.startup.Settings;
import java.net.InetAddress;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What decides where messages may go to. */
@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {

    @Bean
    ReceiverRules receiverRules(Settings settings) {
        return ReceiverRules.of(settings.webhooks());
    }

    @Bean
    NameLookup nameLookup() {
        return InetAddress::getAllByName;
    }
}
