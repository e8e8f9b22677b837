package dev.keyledger.cmk;

import dev.keyledger.importing.ImportTokenId;
import dev.keyledger.material.MaterialTag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.axonframework.serialization.Revision;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a key so far come to: everything a key decides by, and nothing secret, as in the events themselves. It stands for them
 * when a long stream is loaded, and may be thrown away at any time (ADR 0011).
 *
 * @param deleteAt earliest instant of destruction; null unless pending deletion
 * @param expirySilentUntil rungs of notices at or before it are settled; null without an expiry
 * @param deletionSilentUntil in the same way; null unless pending deletion
 * @param tokens every token ever issued, by id
 * @param versionId the key's one version; null before the first import
 * @param boundTo by which the key knows its material; null before the first import, and for generated material
 */
@Revision("2")
public record KeySnapshot(
        KeyId keyId,
        Origin origin,
        KeyState state,
        boolean hasMaterial,
        @Nullable Instant materialExpiresAt,
        @Nullable Instant expirySilentUntil,
        @Nullable Instant deleteAt,
        @Nullable Instant deletionSilentUntil,
        String description,
        boolean deletionProtected,
        String deletionProtectionDescription,
        Map<String, String> tags,
        List<Token> tokens,
        @Nullable KeyVersionId versionId,
        @Nullable MaterialTag boundTo) {

    public KeySnapshot {
        tags = Map.copyOf(tags);
        tokens = List.copyOf(tokens);
    }

    /**
     * An import token as its key remembers it.
     *
     * @param exhausted whether it had too many failed imports
     */
    public record Token(ImportTokenId tokenId, Instant expiresAt, boolean exhausted) {}
}
