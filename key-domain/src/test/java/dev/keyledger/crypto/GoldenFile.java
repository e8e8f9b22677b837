package dev.keyledger.crypto;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.material.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Test vectors in files under {@code src/test/resources}: JSON with a list called {@code vectors}. */
final class GoldenFile {

    private static final JsonMapper JSON = new JsonMapper();

    private GoldenFile() {}

    static JsonNode read(String path) {
        try (InputStream file = GoldenFile.class.getResourceAsStream(path)) {
            return JSON.readTree(Objects.requireNonNull(file, path));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Stream<Vector> vectors(String path) {
        return read(path).get("vectors").valueStream().map(Vector::new);
    }

    /** One vector; its name is what a test report shows. */
    record Vector(JsonNode json) {

        String text(String name) {
            return json.get(name).stringValue();
        }

        int number(String name) {
            return json.get(name).intValue();
        }

        byte[] hex(String name) {
            return HexFormat.of().parseHex(text(name));
        }

        byte[] base64(String name) {
            return Base64.getDecoder().decode(text(name));
        }

        SecretBytes secret(String name) {
            return SecretBytes.takeFrom(hex(name));
        }

        KeyId keyId() {
            return new KeyId(text("keyId"));
        }

        KeyVersionId versionId() {
            return KeyVersionId.of(text("versionId"));
        }

        EncryptionContext encryptionContext() {
            Map<String, String> pairs = new TreeMap<>();
            json.get("encryptionContext").forEachEntry((name, value) -> pairs.put(name, value.stringValue()));
            return new EncryptionContext(pairs);
        }

        @Override
        public String toString() {
            return json.has("name") ? text("name") : json.has("command") ? text("command") : json.toString();
        }
    }
}
