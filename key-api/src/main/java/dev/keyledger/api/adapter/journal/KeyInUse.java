package dev.keyledger.api.adapter.journal;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key whose material lies open for one use. Closing wipes the material. Belongs to one request and one thread. */
public final class KeyInUse implements AutoCloseable {

    private final KeyId keyId;
    private final KeyLookup.Found found;

    KeyInUse(KeyId keyId, KeyLookup.Found found) {
        this.keyId = keyId;
        this.found = found;
    }

    public KeyId keyId() {
        return keyId;
    }

    /** The version whose material is used; there is one in every state that allows a use. */
    public KeyVersionId versionId() {
        return Objects.requireNonNull(found.versionId(), "the key has no version yet");
    }

    /**
     * The material.
     *
     * @throws Refusal if there is none
     */
    public SecretBytes material() {
        SecretBytes material = found.material();
        if (material == null) {
            throw withoutMaterial();
        }
        return material;
    }

    /** Why there may be no material: it was deleted after the key was read, or the ciphertext names a version the key never had. */
    private Refusal withoutMaterial() {
        KeyLookup.Present present = found.present();
        return present != null && versionId().equals(present.materialVersion())
                ? Refusal.of(ErrorCode.REJECTED_PENDING_IMPORT)
                : Refusal.of(ErrorCode.INVALID_CIPHERTEXT).because("no such version of the key");
    }

    /** The key as read during the request; null if its material was remembered. */
    KeyLookup.@Nullable Present present() {
        return found.present();
    }

    /** What the journal has to check: the version counts only if its material was there to be used. */
    @Nullable
    UUID usedVersion() {
        return found.material() == null ? null : versionId().value();
    }

    @Override
    public void close() {
        if (found.material() != null) {
            found.material().close();
        }
    }

    @Override
    public String toString() {
        return "KeyInUse[" + keyId + "]";
    }
}
