package dev.keyledger.alias;

import java.util.regex.Pattern;

/**
 * Name of an alias, which is also its identity. The prefix keeps it apart from key ids in the event store.
 *
 * @param value {@code alias/} and 1 to 255 letters, digits, {@code _}, {@code -} or {@code /}; names under {@code alias/acs} are the vendor's
 */
public record AliasName(String value) {

    /** What every alias begins with. */
    public static final String PREFIX = "alias/";

    private static final Pattern FORM = Pattern.compile("alias/(?!acs)[A-Za-z0-9_/-]{1,255}");

    public AliasName {
        if (!isAliasName(value)) {
            throw new IllegalArgumentException("not an alias name");
        }
    }

    /** Whether the text is a name an alias may have; says nothing about whether it exists. */
    public static boolean isAliasName(String text) {
        return FORM.matcher(text).matches();
    }

    /** The name itself, because the event store uses this text as the aggregate identifier. */
    @Override
    public String toString() {
        return value;
    }
}
