package dev.keyledger.api.operation.tag;

import dev.keyledger.api.protocol.Parameters;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.tags.KeyTag;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a listing of tags goes on: the last row given out, as URL-safe Base64 of key id and tag key, the id's length being fixed. It is no
 * secret and no promise; rows that come and go between two pages are seen or not.
 */
final class TagCursor {

    private static final int KEY_ID_CHARACTERS = 36;
    private static final int MAX_CHARACTERS = 1024;

    private TagCursor() {}

    static String write(KeyTag last) {
        byte[] bytes = (last.keyId().value() + last.tagKey()).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static @Nullable KeyTag read(Parameters parameters, String name) {
        String token = parameters.textOrEmpty(name, MAX_CHARACTERS);
        if (token.isEmpty()) {
            return null;
        }
        String text;
        try {
            text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw Parameters.invalid(name);
        }
        if (text.length() <= KEY_ID_CHARACTERS
                || text.indexOf('\0') >= 0
                || !KeyId.isKeyId(text.substring(0, KEY_ID_CHARACTERS))) {
            throw Parameters.invalid(name);
        }
        return new KeyTag(new KeyId(text.substring(0, KEY_ID_CHARACTERS)), text.substring(KEY_ID_CHARACTERS), "");
    }
}
