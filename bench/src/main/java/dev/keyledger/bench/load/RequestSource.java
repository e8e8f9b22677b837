package dev.keyledger.bench.load;

import org.jspecify.annotations.Nullable;

/** What one connection sends, one after another. Asked by the one thread that drives all connections. */
public interface RequestSource {

    /** The next request, or null when this connection has nothing more to send. */
    @Nullable
    SignedTemplate next();

    /** Whether {@link #answered} is to be told. A measured source lets the answers go: turning them into text costs. */
    default boolean keepsAnswers() {
        return false;
    }

    /** A good answer's body. */
    default void answered(String body) {
        // Measured sources only count.
    }
}
