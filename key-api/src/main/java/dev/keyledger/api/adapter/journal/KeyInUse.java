package dev.keyledger.api.adapter.journal;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.refusal.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A key whose material lies open for one use. Closing wipes the material. Belongs to one request and one thread. */
public final class KeyInUse implements AutoCloseable {

    private final KeyId keyId;
    private final KeyVersionId versionId;
    private final @Nullable SecretBytes material;
    private final Refusal withoutMaterial;

    KeyInUse(KeyId keyId, KeyVersionId versionId, Optional<SecretBytes> material, Refusal withoutMaterial) {
        this.keyId = keyId;
        this.versionId = versionId;
        this.material = material.orElse(null);
        this.withoutMaterial = withoutMaterial;
    }

    public KeyId keyId() {
        return keyId;
    }

    /** The version whose material is used. */
    public KeyVersionId versionId() {
        return versionId;
    }

    /**
     * The material.
     *
     * @throws Refusal if there is none
     */
    public SecretBytes material() {
        if (material == null) {
            throw withoutMaterial;
        }
        return material;
    }

    /** What the journal has to check: the version counts only if its material was there to be used. */
    AuditRecords.UsedKey used() {
        return new AuditRecords.UsedKey(keyId, material == null ? null : versionId);
    }

    @Override
    public void close() {
        if (material != null) {
            material.close();
        }
    }

    @Override
    public String toString() {
        return "KeyInUse[" + keyId + " " + versionId + "]";
    }
}
