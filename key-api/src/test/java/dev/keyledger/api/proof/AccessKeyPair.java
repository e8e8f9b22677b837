package dev.keyledger.api.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The credentials of a caller.
 *
 * @param id access key id
 * @param secret what signs the requests
 */
record AccessKeyPair(String id, String secret) {

    /** Reads the two lines that the first start leaves in the data directory. */
    static AccessKeyPair readFrom(Path file) {
        Map<String, String> values = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (values.size() != 2) {
            throw new AssertionError("two settings expected in " + file + ", found " + values.keySet());
        }
        return new AccessKeyPair(
                setting(values, "KEYLEDGER_ACCESS_KEY_ID"), setting(values, "KEYLEDGER_ACCESS_KEY_SECRET"));
    }

    private static String setting(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new AssertionError(name + " is missing");
        }
        return value;
    }
}
