package dev.keyledger.api.proof;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;

/** Two nodes that share one external PostgreSQL, one root key and one access key, as a cluster does. */
final class NodePair implements AutoCloseable {

    private final TestDatabase database = TestPostgres.emptyDatabase();
    private final KeyledgerProcess.Launch launch;
    private final KeyledgerProcess first;
    private final KeyledgerProcess second;

    NodePair(Path directory, boolean testClock) {
        byte[] rootKeyBytes = new byte[32];
        new SecureRandom().nextBytes(rootKeyBytes);
        String rootKey = Base64.getEncoder().encodeToString(rootKeyBytes);
        KeyledgerProcess.Launch base = external(KeyledgerProcess.in(directory.resolve("first")), database)
                .with("KEYLEDGER_ROOT_KEY", rootKey)
                .with("KEYLEDGER_ACCESS_KEY_ID", "proof")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString());
        this.launch = testClock ? base.with("KEYLEDGER_TEST_CLOCK", "true") : base;
        this.first = launch.start();
        try {
            // One node has its secrets as values, the other as files.
            this.second = launch.in(directory.resolve("second"))
                    .without("KEYLEDGER_ROOT_KEY")
                    .with("KEYLEDGER_ROOT_KEY_FILE", secretFile(directory, "root-key", rootKey))
                    .without("KEYLEDGER_DB_PASSWORD")
                    .with(
                            "KEYLEDGER_DB_PASSWORD_FILE",
                            secretFile(directory, "db-password", database.servicePassword()))
                    .start();
        } catch (RuntimeException | Error failed) {
            first.close();
            throw failed;
        }
    }

    private static String secretFile(Path directory, String name, String secret) {
        try {
            Path file = Files.writeString(directory.resolve(name), secret + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file.toString();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A launch that uses an external database. */
    static KeyledgerProcess.Launch external(KeyledgerProcess.Launch launch, TestDatabase database) {
        return launch.with("KEYLEDGER_DB_URL", database.url())
                .with("KEYLEDGER_DB_USER", database.serviceUser())
                .with("KEYLEDGER_DB_PASSWORD", database.servicePassword())
                .with("KEYLEDGER_DB_OWNER_USER", database.ownerUser())
                .with("KEYLEDGER_DB_OWNER_PASSWORD", database.ownerPassword());
    }

    KeyledgerProcess first() {
        return first;
    }

    KeyledgerProcess second() {
        return second;
    }

    Store store() {
        return Store.of(database);
    }

    @Override
    public void close() {
        first.close();
        second.close();
        database.close();
    }
}
