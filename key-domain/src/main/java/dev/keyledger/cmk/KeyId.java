package dev.keyledger.cmk;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identity of a customer master key: a lower-case UUID, never reused.
 *
 * @param value 36 ASCII characters, lower-case hexadecimal with dashes
 */
public record KeyId(String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    public KeyId {
        if (!isKeyId(value)) {
            throw new IllegalArgumentException("not a lower-case UUID");
        }
    }

    /** Whether the text has the form of a key id; says nothing about whether such a key exists. */
    public static boolean isKeyId(String text) {
        return FORM.matcher(text).matches();
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
