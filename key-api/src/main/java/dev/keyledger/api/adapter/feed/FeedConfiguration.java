package dev.keyledger.api.adapter.feed;

import dev.keyledger.api.adapter.transparency.TransparencyLog;
import dev.keyledger.feed.CloudEventForm;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of the feed that need to know which log they tell of. */
@Configuration(proxyBeanMethods = false)
class FeedConfiguration {

    @Bean
    CloudEventForm cloudEventForm(TransparencyLog log) {
        return new CloudEventForm(log.key().name());
    }
}
