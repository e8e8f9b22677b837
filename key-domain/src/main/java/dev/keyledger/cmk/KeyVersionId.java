package dev.keyledger.cmk;

import java.util.UUID;

/**
 * Identity of one generation of material under a key.
 *
 * @param value a UUID; sixteen bytes in the ciphertext format
 */
public record KeyVersionId(UUID value) {

    public static KeyVersionId of(String text) {
        return new KeyVersionId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
