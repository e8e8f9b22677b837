package dev.keyledger.projection.keyversion;

import dev.keyledger.projection.Writes;

/** Opens the view to the tests of its neighbours. */
public final class KeyVersionViews {

    private KeyVersionViews() {}

    public static KeyVersionProjection projection(Writes writes) {
        return new KeyVersionProjection(writes);
    }
}
