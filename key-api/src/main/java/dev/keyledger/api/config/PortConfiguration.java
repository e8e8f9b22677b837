package dev.keyledger.api.config;

import dev.keyledger.alias.AliasTargets;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.KeyVersionIds;
import dev.keyledger.projection.keystate.KeyStateQueries;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Ports of the domain that need no class of their own. */
@Configuration(proxyBeanMethods = false)
class PortConfiguration {

    @Bean
    KeyVersionIds keyVersionIds() {
        // UUID.randomUUID draws from the platform's cryptographic generator.
        return () -> new KeyVersionId(UUID.randomUUID());
    }

    @Bean
    AliasTargets aliasTargets(KeyStateQueries keys) {
        return keys::lockState;
    }
}
