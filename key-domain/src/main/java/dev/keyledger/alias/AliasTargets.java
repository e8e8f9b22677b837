package dev.keyledger.alias;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import java.util.Optional;

/** The keys that aliases point to. */
@FunctionalInterface
public interface AliasTargets {

    /** The key's present state, kept from changing until the caller's transaction ends; empty if there is no such key. */
    Optional<KeyState> lockState(KeyId keyId);
}
