package dev.keyledger.api.proof;

import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.nio.file.Path;
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
        byte[] rootKey = new byte[32];
        new SecureRandom().nextBytes(rootKey);
        KeyledgerProcess.Launch base = external(KeyledgerProcess.in(directory.resolve("first")), database)
                .with("KEYLEDGER_ROOT_KEY", Base64.getEncoder().encodeToString(rootKey))
                .with("KEYLEDGER_ACCESS_KEY_ID", "proof")
                .with("KEYLEDGER_ACCESS_KEY_SECRET", UUID.randomUUID().toString());
        this.launch = testClock ? base.with("KEYLEDGER_TEST_CLOCK", "true") : base;
        this.first = launch.start();
        try {
            this.second = launch.in(directory.resolve("second")).start();
        } catch (RuntimeException | Error failed) {
            first.close();
            throw failed;
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
