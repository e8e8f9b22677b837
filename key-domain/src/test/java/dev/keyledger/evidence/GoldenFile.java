package dev.keyledger.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Published bytes, kept as files; a file ends with a line break that is not part of the form. */
final class GoldenFile {

    private GoldenFile() {}

    static byte[] read(String name) {
        try (InputStream file =
                Objects.requireNonNull(GoldenFile.class.getResourceAsStream("/evidence/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .stripTrailing()
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
