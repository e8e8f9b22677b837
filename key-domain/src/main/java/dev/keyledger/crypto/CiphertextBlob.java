package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;

/** A parsed ciphertext in the published format v1 (ADR 0004). Immutable. */
@SuppressWarnings("DoNotCallSuggester")
public final class CiphertextBlob {

    private CiphertextBlob() {}

    /** Longest blob, in bytes. */
    public static final int MAX_BYTES = 16 * 1024;

    /**
     * Parses.
     *
     * @throws dev.keyledger.refusal.Refusal {@code INVALID_CIPHERTEXT} for anything that is not exactly a v1 blob
     */
    public static CiphertextBlob parse(byte[] bytes) {
        throw new UnsupportedOperationException("not built yet " + bytes.length);
    }

    /** The key that made it. */
    public KeyId keyId() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The version that made it. */
    public KeyVersionId versionId() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** A copy of all bytes. */
    public byte[] bytes() {
        throw new UnsupportedOperationException("not built yet");
    }
}
