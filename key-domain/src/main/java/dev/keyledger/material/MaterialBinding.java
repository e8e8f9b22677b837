package dev.keyledger.material;

import dev.keyledger.cmk.KeyId;

/** The per-key secret under which material is tagged; survives deletion and expiry of the material. Joins the caller's transaction. */
public interface MaterialBinding {

    /** The tag of this material for this key; makes the key's binding secret when it has none yet. */
    MaterialTag tag(KeyId keyId, SecretBytes material);

    /** Destroys the binding secret, which makes every tag of the key noise. Only at the key's destruction. */
    void destroy(KeyId keyId);
}
