package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.deadline.Deadline;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import org.jspecify.annotations.Nullable;

/**
 * Where a use finds the key and material it works with. What it finds decides nothing: it may be older than the request, and the journal's
 * statement looks again. Thread-safe.
 */
public interface KeyLookup {

    /**
     * A key and its material as found.
     *
     * @param present the key as the store has it, read during the request; null if the material was remembered and the store not asked, or if
     *     there is no such key
     * @param versionId the version asked for, or the present one; null if there is no such key or it never had a version
     * @param material a copy for the caller to close; null if there is none
     */
    record Found(
            @Nullable Present present,
            @Nullable KeyVersionId versionId,
            @Nullable SecretBytes material) {

        /** Whether there was such a key. */
        public boolean exists() {
            return present != null || material != null;
        }
    }

    /**
     * What the store says about a key.
     *
     * @param version sequence number of its last event
     * @param state at the moment of reading
     * @param materialVersion the version whose material is present; null if there is none
     */
    record Present(long version, KeyState state, @Nullable KeyVersionId materialVersion) {}

    /**
     * Finds a key.
     *
     * @param wanted version whose material is wanted; null for the present one
     */
    Found find(KeyId keyId, @Nullable KeyVersionId wanted, Deadline deadline);

    /** The key is not as it was: its material is asked of the store again. */
    void forget(KeyId keyId);
}
