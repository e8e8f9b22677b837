package dev.keyledger.api.rest.audit;

import dev.keyledger.api.rest.CursorText;
import dev.keyledger.api.rest.QueryParameters;
import dev.keyledger.evidence.CanonicalJson;
import dev.keyledger.refusal.Refusal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a reader of the log goes on: a place in the log, which never changes, and a mark of the question that was asked, because with
 * another question it would lead somewhere without meaning (ADR 0017). Text for clients, opaque and good for ever.
 *
 * @param position the next index to be looked at; newest first, the one that was looked at last
 */
record Cursor(boolean newestFirst, long position, String question) {

    private static final Pattern FORM = Pattern.compile("1([ad])(0|[1-9][0-9]{0,17})\\.([0-9a-f]{12})");

    private static final int MARK_BYTES = 6;

    /** The mark of a question. */
    static String markOf(Map<String, String> question) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(CanonicalJson.bytes(question));
            return HexFormat.of().formatHex(hash, 0, MARK_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    String text() {
        return CursorText.of("1" + (newestFirst ? "d" : "a") + position + "." + question);
    }

    /**
     * Reads a cursor back.
     *
     * @throws Refusal {@code INVALID_PARAMETER} unless it was given for the same question
     */
    static Cursor parse(String text, boolean newestFirst, String question) {
        Cursor cursor = decode(text);
        if (cursor.newestFirst != newestFirst || !cursor.question.equals(question)) {
            throw QueryParameters.invalid(
                    "cursor",
                    "It was given for another question; all other parameters but limit must be as they were.");
        }
        return cursor;
    }

    private static Cursor decode(String text) {
        Matcher parts = FORM.matcher(CursorText.plain(text));
        if (!parts.matches()) {
            throw CursorText.notOurs();
        }
        return new Cursor(parts.group(1).equals("d"), Long.parseLong(parts.group(2)), parts.group(3));
    }
}
