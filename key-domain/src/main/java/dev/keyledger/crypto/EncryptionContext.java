package dev.keyledger.crypto;

import java.util.Map;
import java.util.TreeMap;

/**
 * Caller-supplied pairs that are authenticated with a ciphertext, not stored in it and not secret (R-A15). Equal as maps.
 *
 * @param pairs well-formed Unicode text
 */
@SuppressWarnings("DoNotCallSuggester")
public record EncryptionContext(Map<String, String> pairs) {

    /** No pairs: the same as an absent context. */
    public static final EncryptionContext EMPTY = new EncryptionContext(Map.of());

    public EncryptionContext {
        pairs = Map.copyOf(pairs);
    }

    /** The canonical bytes: u32 count, then per pair, sorted by the unsigned UTF-8 bytes of the key, u32 length and bytes of key and value. */
    public byte[] canonical() {
        throw new UnsupportedOperationException("not built yet: " + new TreeMap<>(pairs).size());
    }
}
