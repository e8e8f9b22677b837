package dev.keyledger.api.adapter.vault;

import dev.keyledger.api.startup.Settings;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.api.startup.StoreIdentity;
import dev.keyledger.material.RootKeyProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Bean;

/**
 * What a node of a test needs to sign its log: the vault's part of it, the settings, and a store with a name. No stereotype: the executable's own
 * scan must not find it.
 */
public class LogVault {

    /** Name of the log that is not named otherwise. */
    public static final String ORIGIN = "log.keyledger.example";

    private static final UUID STORE = UUID.fromString("0c5f9d52-7a44-4b0e-9d6b-5b8f1f0a7c31");

    private static final ThreadLocal<Map<String, String>> FURTHER = ThreadLocal.withInitial(Map::of);

    /** The components; further settings are those of the thread that starts the node. */
    public static Class<?>[] components() {
        return new Class<?>[] {LogVault.class, DomainKeys.class, LogSigningKey.class};
    }

    /** Settings of the nodes that this thread starts from now on. */
    public static void settings(Map<String, String> further) {
        FURTHER.set(further);
    }

    @Bean
    RootKeyProvider rootKey() {
        return VaultNode.ROOT_KEY;
    }

    @Bean
    Settings settings() {
        Map<String, String> all = new HashMap<>(Map.of("KEYLEDGER_LOG_ORIGIN", ORIGIN));
        all.putAll(FURTHER.get());
        return SettingsReader.read(all, Map.of(), List.of());
    }

    @Bean
    StoreIdentity identity() {
        return new StoreIdentity(
                STORE, "cn-hangzhou", "1234567890123456", "acs:kms:cn-hangzhou:1234567890123456", false);
    }
}
