package dev.keyledger.api.operation;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import java.util.Optional;

/**
 * A key version as the caller named it. As with keys, a text that is no id of ours names a version that is not there, and is not malformed.
 *
 * @param id empty if no version can have that id
 */
public record VersionReference(Optional<KeyVersionId> id) {

    private static final int MAX_CHARACTERS = 128;

    /** A parameter that must be there. */
    public static VersionReference read(Parameters parameters, String name) {
        String text = parameters.required(name);
        if (text.length() > MAX_CHARACTERS) {
            throw Parameters.invalid(name);
        }
        // Both ids are lower-case UUIDs.
        return new VersionReference(Optional.of(text).filter(KeyId::isKeyId).map(KeyVersionId::of));
    }
}
