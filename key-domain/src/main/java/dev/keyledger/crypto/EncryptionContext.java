package dev.keyledger.crypto;

import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Caller-supplied pairs that are authenticated with a ciphertext, not stored in it and not secret. Equal as maps: order and spelling of the
 * JSON they came from do not count, and no two texts are ever taken for the same (no Unicode normalisation). See ADR 0004.
 *
 * <p>The constructor refuses half a surrogate pair with {@code INVALID_PARAMETER}: it has no UTF-8 form.
 *
 * @param pairs well-formed Unicode text
 */
public record EncryptionContext(Map<String, String> pairs) {

    /** No pairs: the same as an absent context. */
    public static final EncryptionContext EMPTY = new EncryptionContext(Map.of());

    public EncryptionContext {
        pairs = Map.copyOf(pairs);
        pairs.forEach((key, value) -> {
            utf8(key);
            utf8(value);
        });
    }

    /**
     * The canonical bytes: u32 count, then per pair, sorted by the unsigned UTF-8 bytes of the key, u32 length and bytes of key and value.
     */
    public byte[] canonical() {
        // UTF-16 order, which String sorts by, is not UTF-8 order for characters beyond the basic plane.
        TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        pairs.forEach((key, value) -> sorted.put(utf8(key), utf8(value)));
        ByteLayout layout = ByteLayout.empty().u32(sorted.size());
        sorted.forEach((key, value) -> layout.prefixed(key).prefixed(value));
        return layout.bytes();
    }

    private static byte[] utf8(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException unpaired) {
            throw Refusal.of(ErrorCode.INVALID_PARAMETER, "EncryptionContext").because("unpaired surrogate");
        }
    }
}
