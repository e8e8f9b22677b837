package dev.keyledger.api.adapter.rootkey;

import dev.keyledger.material.SecretBytes;
import java.security.SecureRandom;

/** The root key from a setting: an environment variable, or a file that the operator's platform mounted. */
public final class SettingRootKey extends SoftwareRootKey {

    private final boolean mounted;

    /**
     * Takes the key; it lives as long as the provider.
     *
     * @param mounted whether the setting named a file
     */
    public SettingRootKey(boolean mounted, SecretBytes key, SecureRandom random) {
        super(key, random);
        this.mounted = mounted;
    }

    @Override
    public String name() {
        return mounted ? "mounted file" : "env";
    }
}
