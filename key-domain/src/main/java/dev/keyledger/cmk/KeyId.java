package dev.keyledger.cmk;

import java.util.UUID;

/**
 * Identity of a customer master key: a lower-case UUID, never reused.
 *
 * @param value 36 ASCII characters, lower-case hexadecimal with dashes
 */
public record KeyId(String value) {

    private static final int LENGTH = 36;

    public KeyId {
        if (!isKeyId(value)) {
            throw new IllegalArgumentException("not a lower-case UUID");
        }
    }

    /** Whether the text has the form of a key id; says nothing about whether such a key exists. */
    public static boolean isKeyId(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (dash ? c != '-' : !digit) {
                return false;
            }
        }
        return true;
    }

    public static KeyId of(UUID uuid) {
        return new KeyId(uuid.toString());
    }

    public UUID asUuid() {
        return UUID.fromString(value);
    }

    /** The bare id, because the event store uses this text as the aggregate identifier. */
    @Override
    public String toString() {
        return value;
    }
}
