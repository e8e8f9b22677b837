package dev.keyledger.evidence.note;

import java.util.Base64;

/** Base 64 of RFC 4648 §4 with its padding, in the one spelling that an encoder makes. The platform's decoder is more lenient. */
final class StrictBase64 {

    private StrictBase64() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException for any other spelling */
    static byte[] decode(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException("another spelling of Base 64");
        }
        return bytes;
    }
}
