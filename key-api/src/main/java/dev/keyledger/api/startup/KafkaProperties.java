package dev.keyledger.api.startup;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The file of {@code KEYLEDGER_KAFKA_PROPERTIES_FILE}: how the client of a broker proves who it is and whom it believes. It holds passwords, so its
 * values are nowhere quoted. What the promise to consumers rests on is not an operator's to set.
 */
final class KafkaProperties {

    /** What may be set. Everything else is refused: it would be ours, or without effect, or load code. */
    private static final Pattern ALLOWED = Pattern.compile(
            "security\\.protocol|ssl\\..+|sasl\\..+|client\\.id|client\\.dns\\.lookup|compression\\.type|max\\.request\\.size");

    /** Others need native libraries, which the jar has not. */
    private static final Set<String> COMPRESSIONS = Set.of("none", "gzip");

    private KafkaProperties() {}

    /**
     * Reads the file.
     *
     * @throws StartupFailure if others may read it too, or it sets what may not be set
     */
    static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try {
            if (!PrivateFile.isPrivate(file)) {
                throw new StartupFailure("The file of KEYLEDGER_KAFKA_PROPERTIES_FILE may be read by others: " + file
                        + "; set its mode to 0600 (chmod 600), and consider whether what is in it is still secret.");
            }
            try (Reader text = Files.newBufferedReader(file)) {
                read.load(text);
            }
        } catch (IOException | IllegalArgumentException unreadable) {
            // Without the cause, whose text may quote what is in the file.
            throw new StartupFailure(
                    "KEYLEDGER_KAFKA_PROPERTIES_FILE cannot be read as a file of properties: " + file + ".");
        }
        Map<String, String> properties = new TreeMap<>();
        for (String name : new TreeSet<>(read.stringPropertyNames())) {
            if (!ALLOWED.matcher(name).matches()) {
                throw new StartupFailure("The file of KEYLEDGER_KAFKA_PROPERTIES_FILE must not set " + name
                        + "; it may set security.protocol, ssl.*, sasl.*, client.id, client.dns.lookup, compression.type"
                        + " and max.request.size.");
            }
            properties.put(name, read.getProperty(name).strip());
        }
        if (!COMPRESSIONS.contains(properties.getOrDefault("compression.type", "none"))) {
            throw new StartupFailure(
                    "The file of KEYLEDGER_KAFKA_PROPERTIES_FILE must set compression.type to none or gzip, or leave it out.");
        }
        return properties;
    }
}
