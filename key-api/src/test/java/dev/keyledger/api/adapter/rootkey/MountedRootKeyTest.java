package dev.keyledger.api.adapter.rootkey;

import dev.keyledger.material.RootKeyProvider;
import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;

class MountedRootKeyTest extends RootKeyProviderContract {

    @Override
    RootKeyProvider provider(byte[] key) {
        return new SettingRootKey(true, SecretBytes.copyOf(key), new SecureRandom());
    }

    @Override
    String name() {
        return "mounted file";
    }
}
