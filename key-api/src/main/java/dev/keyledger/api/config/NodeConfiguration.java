package dev.keyledger.api.config;

import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.crypto.MessageCipher;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What belongs to this process rather than to the store: its name and its cipher. */
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {

    @Bean
    NodeName nodeName() {
        return NodeName.ofThisProcess();
    }

    @Bean
    MessageCipher messageCipher(SecureRandom random) {
        return new MessageCipher(random);
    }
}
