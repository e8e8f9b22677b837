package dev.keyledger.api.adapter.rootkey;

import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;

class EnvironmentRootKeyTest extends RootKeyProviderContract {

    @Override
    RootKeyProvider provider(byte[] key) {
        return new SettingRootKey(false, SecretBytes.copyOf(key), new SecureRandom());
    }

    @Override
    String name() {
        return "env";
    }
}
