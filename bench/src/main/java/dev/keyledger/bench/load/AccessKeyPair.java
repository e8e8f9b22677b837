package dev.keyledger.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Id and secret that requests are signed with. */
public record AccessKeyPair(String id, String secret) {

    /** Reads the file that the first start of a node leaves. */
    public static AccessKeyPair readFrom(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int sign = line.indexOf('=');
                if (sign > 0) {
                    values.put(line.substring(0, sign), line.substring(sign + 1));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new AccessKeyPair(
                required(values.get("KEYLEDGER_ACCESS_KEY_ID"), file),
                required(values.get("KEYLEDGER_ACCESS_KEY_SECRET"), file));
    }

    private static String required(@Nullable String value, Path file) {
        if (value == null) {
            throw new IllegalStateException("no access key in " + file);
        }
        return value;
    }

    @Override
    public String toString() {
        return "AccessKeyPair[" + id + "]";
    }
}
