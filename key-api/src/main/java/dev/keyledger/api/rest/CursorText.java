package dev.keyledger.api.rest;

import dev.keyledger.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Cursors as clients see them: URL-safe text in which nobody is to read. Each kind begins with the number of its form. */
public final class CursorText {

    private CursorText() {}

    /** The text of a cursor; plain is ASCII. */
    public static String of(String plain) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * What {@link #of} made a text from.
     *
     * @throws Refusal {@code INVALID_PARAMETER} if it made it from nothing
     */
    public static String plain(String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
            if (of(plain).equals(text)) {
                return plain;
            }
        } catch (IllegalArgumentException notBase64) {
            // Falls through to the one refusal for every cursor that was not ours.
        }
        throw notOurs();
    }

    /** The refusal of a cursor that no answer gave. */
    public static Refusal notOurs() {
        return QueryParameters.invalid("cursor", "It is the nextCursor of an earlier answer, unchanged.");
    }
}
