package dev.keyledger.api.limits;

import dev.keyledger.api.startup.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the limits of the settings hold. */
@Configuration(proxyBeanMethods = false)
public class LimitsConfiguration {

    @Bean
    Admission admission(Settings settings) {
        return new Admission(settings.limits());
    }
}
