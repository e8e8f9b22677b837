package dev.keyledger.time;

/**
 * Texts of one length in which certain places have ASCII digits and all others one character each, as in {@code 0000-00-00T00:00:00Z}. Read by
 * plain loops, because every request and every event has one.
 *
 * @param form zeros where the digits are
 */
public record DigitForm(String form) {

    /** Whether the text has this form; says nothing about what its digits mean. */
    public boolean matches(String text) {
        if (text.length() != form.length()) {
            return false;
        }
        for (int i = 0; i < form.length(); i++) {
            char expected = form.charAt(i);
            char c = text.charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return false;
            }
        }
        return true;
    }

    /** The number that the digits in {@code [from, to)} of such a text write; at most nine of them. */
    public static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }
}
