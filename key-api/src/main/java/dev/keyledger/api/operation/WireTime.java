package dev.keyledger.api.operation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Instants as the protocol spells them: {@code yyyy-MM-ddTHH:mm:ssZ}, UTC, the fraction of the second cut off. */
public final class WireTime {

    private WireTime() {}

    /** The instant's text. */
    public static String of(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The instant's text; empty for none. */
    public static String orEmpty(@Nullable Instant instant) {
        return instant == null ? "" : of(instant);
    }
}
