package dev.keyledger.evidence.note;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as notes have it: UTF-8 without control characters but the line feed. */
final class NoteText {

    private NoteText() {}

    /** @throws IllegalArgumentException if the bytes are no UTF-8 or have a control character */
    static String decode(byte[] bytes) {
        try {
            // A new decoder reports what String's constructor would replace.
            return checked(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("not UTF-8", malformed);
        }
    }

    static String checked(String text) {
        if (text.codePoints().anyMatch(NoteText::refused)) {
            throw new IllegalArgumentException("a control character, or half a surrogate pair");
        }
        return text;
    }

    private static boolean refused(int c) {
        return (c < ' ' && c != '\n') || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
