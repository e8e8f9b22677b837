package dev.keyledger.material;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import java.util.Optional;

/**
 * Where wrapped key material lies: mutable rows, because material, unlike an event, must be erasable. Every method joins the caller's
 * transaction, so a row and the event that explains it commit together or not at all.
 */
public interface KeyMaterialStore {

    /** Generates 32 fresh random bytes and stores them wrapped. */
    void generate(KeyId keyId, KeyVersionId versionId);

    /** Stores a wrapped copy of the material; a row that is already there stays (the caller has checked that it is the same material). */
    void put(KeyId keyId, KeyVersionId versionId, SecretBytes material);

    /** The unwrapped material, a copy for the caller to close; empty if there is none. Whether it may be used is not decided here. */
    Optional<SecretBytes> read(KeyId keyId, KeyVersionId versionId);

    /** Deletes the material of every version of the key; nothing there is no error. */
    void destroy(KeyId keyId);
}
