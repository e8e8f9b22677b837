package dev.keyledger.projection.keystate;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Restricts a listing of keys (ListKeys, {@code Filters}): a null set restricts nothing, values of one set are alternatives, all sets must
 * match.
 *
 * @param states key states as the protocol spells them
 * @param specs key specs as the protocol spells them
 * @param usages key usages as the protocol spells them
 * @param protectionLevels protection levels as the protocol spells them
 */
public record KeyFilter(
        @Nullable Set<String> states,
        @Nullable Set<String> specs,
        @Nullable Set<String> usages,
        @Nullable Set<String> protectionLevels) {

    /** Every key. */
    public static final KeyFilter NONE = new KeyFilter(null, null, null, null);
}
