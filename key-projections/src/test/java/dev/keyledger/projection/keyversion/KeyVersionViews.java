package dev.keyledger.projection.keyversion;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Opens the view to the tests of its neighbours. */
public final class KeyVersionViews {

    private KeyVersionViews() {}

    public static KeyVersionProjection projection(JdbcClient jdbc) {
        return new KeyVersionProjection(jdbc);
    }
}
