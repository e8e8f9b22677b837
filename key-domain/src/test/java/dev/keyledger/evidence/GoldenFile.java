package dev.keyledger.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;

/** Published bytes, kept as files. */
public final class GoldenFile {

    private GoldenFile() {}

    /** A form whose bytes have no line break at the end; the file's is not part of it. */
    static byte[] read(String name) {
        return text(name).stripTrailing().getBytes(StandardCharsets.UTF_8);
    }

    /** A form that is a file, to the last byte. */
    public static byte[] bytes(String name) {
        try (InputStream file =
                Objects.requireNonNull(GoldenFile.class.getResourceAsStream("/evidence/" + name), name)) {
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The same as text. */
    public static String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** Many published values, one in each line. */
    public static Stream<String> lines(String name) {
        return text(name).lines();
    }
}
