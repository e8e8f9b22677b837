package dev.keyledger.importing;

import dev.keyledger.cmk.KeyId;
import java.time.Instant;

/** One-time wrapping key pairs and the tokens that go with them. Joins the caller's transaction. */
public interface ImportSessions {

    /**
     * Takes a fresh key pair, stores its wrapped private half and seals a token for it (ADR 0006).
     *
     * @param issuedAt store time
     * @param expiresAt when the token lapses, store time
     * @throws dev.keyledger.refusal.Refusal {@code THROTTLING} if no key pair can be had now
     */
    ImportParameters issue(
            KeyId keyId, WrappingAlgorithm algorithm, WrappingKeySpec spec, Instant issuedAt, Instant expiresAt);

    /** Destroys every private key of the key's tokens; at the key's destruction. */
    void destroyAll(KeyId keyId);
}
