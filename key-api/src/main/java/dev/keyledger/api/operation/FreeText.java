package dev.keyledger.api.operation;

import dev.keyledger.api.protocol.Parameters;

/** Text that a caller may choose freely and the store keeps; the decoder of requests has seen to it that the store can. */
public final class FreeText {

    /** Longest description, in characters. */
    private static final int MAX_DESCRIPTION = 8192;

    private FreeText() {}

    /** A description that must be sent, even if empty. */
    public static String required(Parameters parameters, String name) {
        return parameters.requiredText(name, MAX_DESCRIPTION);
    }

    /** A description, empty if absent. */
    public static String orEmpty(Parameters parameters, String name) {
        return parameters.textOrEmpty(name, MAX_DESCRIPTION);
    }
}
