package dev.keyledger.api.config;

import dev.keyledger.api.adapter.journal.NodeName;
import dev.keyledger.crypto.MessageCipher;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What belongs to this process rather than to the store: its name and its cipher. */
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {

    @Bean
    NodeName nodeName() {
        return new NodeName(hostName() + "/" + ProcessHandle.current().pid());
    }

    @Bean
    MessageCipher messageCipher(SecureRandom random) {
        return new MessageCipher(random);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            // A host that cannot resolve its own name still has a process id that tells its nodes apart.
            return "localhost";
        }
    }
}
