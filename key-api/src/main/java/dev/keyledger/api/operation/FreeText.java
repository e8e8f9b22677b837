package dev.keyledger.api.operation;

import dev.keyledger.api.protocol.Parameters;

/** Text that a caller may choose freely and the store keeps. */
public final class FreeText {

    /** Longest description, in characters. */
    private static final int MAX_DESCRIPTION = 8192;

    private FreeText() {}

    /** A description that must be sent, even if empty. */
    public static String required(Parameters parameters, String name) {
        return storable(name, parameters.requiredText(name, MAX_DESCRIPTION));
    }

    /** A description, empty if absent. */
    public static String orEmpty(Parameters parameters, String name) {
        return storable(name, parameters.textOrEmpty(name, MAX_DESCRIPTION));
    }

    /** PostgreSQL's text has no null character, and a lone surrogate has no UTF-8 form: both must be the caller's mistake, not a failure. */
    private static String storable(String name, String text) {
        boolean broken = text.codePoints()
                .anyMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
        if (broken) {
            throw Parameters.invalid(name);
        }
        return text;
    }
}
