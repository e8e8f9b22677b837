package dev.keyledger.evidence.note;

/** The rule for names of keys (C2SP signed-note, "Format"). */
final class KeyName {

    private static final int NEXT_LINE = 0x85;

    private KeyName() {}

    static String checked(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a key has a name");
        }
        if (name.codePoints().anyMatch(KeyName::refused)) {
            throw new IllegalArgumentException("the name of a key has neither space nor plus");
        }
        return name;
    }

    /** Unicode's white space, controls, plus, and half surrogates, which have no UTF-8. */
    private static boolean refused(int c) {
        return c < ' '
                || c == '+'
                || c == NEXT_LINE
                || Character.isSpaceChar(c)
                || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
