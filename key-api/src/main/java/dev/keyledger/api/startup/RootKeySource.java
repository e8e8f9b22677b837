package dev.keyledger.api.startup;

import dev.keyledger.material.RootKeyProvider;
import java.security.SecureRandom;

/** Where this node's root key comes from. */
@SuppressWarnings("DoNotCallSuggester")
final class RootKeySource {

    private RootKeySource() {}

    /** Finds the root key, or decides that one is to be made, without writing anything yet. */
    static RootKeySource of(Settings settings, SecureRandom random) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Writes a root key that was made, now that the database could be opened. */
    void keep() {
        throw new UnsupportedOperationException("not built yet");
    }

    RootKeyProvider provider() {
        throw new UnsupportedOperationException("not built yet");
    }
}
