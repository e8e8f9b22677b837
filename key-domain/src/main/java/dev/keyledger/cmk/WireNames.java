package dev.keyledger.cmk;

import java.util.Arrays;

/** Enum constants by the protocol's spelling, which is their {@code toString}. */
final class WireNames {

    private WireNames() {}

    static <E extends Enum<E>> E find(E[] constants, String wireName) {
        return Arrays.stream(constants)
                .filter(constant -> constant.toString().equals(wireName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a known name: " + wireName));
    }
}
