package dev.keyledger.api;

import dev.keyledger.api.startup.Keyledger;
import dev.keyledger.api.startup.SettingsReader;
import dev.keyledger.db.testing.TestDatabase;
import dev.keyledger.db.testing.TestPostgres;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A whole Keyledger node inside the test's process, on a free port of the loopback address, with a known root key and a known access key.
 * Unless told otherwise it has a fresh database of its own, which is dropped when the node is closed; two nodes share a store by sharing a
 * {@link TestDatabase}.
 */
public final class TestNode implements AutoCloseable {

    /** Root key of every node that is not given another one: Base64 of 32 fixed bytes. */
    public static final String ROOT_KEY =
            Base64.getEncoder().encodeToString("a root key only for Keyledger's ".getBytes(StandardCharsets.US_ASCII));

    public static final String ACCESS_KEY_ID = "LTAItestnode";
    public static final String ACCESS_KEY_SECRET = "the-secret-of-the-test-node";

    private final Keyledger keyledger;
    private final @Nullable TestDatabase database;
    private final boolean databaseIsOurs;

    private TestNode(Keyledger keyledger, @Nullable TestDatabase database, boolean databaseIsOurs) {
        this.keyledger = keyledger;
        this.database = database;
        this.databaseIsOurs = databaseIsOurs;
    }

    /** A node on a fresh database. */
    public static TestNode start() {
        return with().start();
    }

    /** A node to be told more about. */
    public static Builder with() {
        return new Builder();
    }

    /** Where the node serves, such as {@code http://127.0.0.1:40123}. */
    public URI baseUri() {
        return URI.create("http://127.0.0.1:" + keyledger.port());
    }

    public String accessKeyId() {
        return ACCESS_KEY_ID;
    }

    public String accessKeySecret() {
        return ACCESS_KEY_SECRET;
    }

    /** The running node, with its identity and its beans. */
    public Keyledger keyledger() {
        return keyledger;
    }

    /** A bean of the node. */
    public <T> T bean(Class<T> type) {
        return keyledger.context().getBean(type);
    }

    /** The node's database; not for embedded nodes. */
    public TestDatabase database() {
        if (database == null) {
            throw new IllegalStateException("this node has an embedded database");
        }
        return database;
    }

    /** SQL as the schema's owner, to look at what the node wrote. */
    public JdbcClient sql() {
        TestDatabase where = database();
        return JdbcClient.create(new DriverManagerDataSource(where.url(), where.ownerUser(), where.ownerPassword()));
    }

    @Override
    public void close() {
        keyledger.close();
        if (databaseIsOurs && database != null) {
            database.close();
        }
    }

    /** What a node is started with. */
    public static final class Builder {

        private final Map<String, String> settings = new HashMap<>();
        private @Nullable TestDatabase database;
        private boolean embedded;

        private Builder() {
            settings.put("KEYLEDGER_HOST", "127.0.0.1");
            settings.put("KEYLEDGER_PORT", "0");
            settings.put("KEYLEDGER_ROOT_KEY", ROOT_KEY);
            settings.put("KEYLEDGER_ACCESS_KEY_ID", ACCESS_KEY_ID);
            settings.put("KEYLEDGER_ACCESS_KEY_SECRET", ACCESS_KEY_SECRET);
        }

        /** Joins a store; the node does not drop it. */
        public Builder database(TestDatabase shared) {
            database = shared;
            return this;
        }

        /** An embedded database and all the files of a data directory, which the node does not delete. */
        public Builder embedded(Path dataDirectory) {
            embedded = true;
            return set("KEYLEDGER_DATA_DIR", dataDirectory.toString());
        }

        /** Makes the store one with the drivable clock. */
        public Builder testClock() {
            return set("KEYLEDGER_TEST_CLOCK", "true");
        }

        /** Any setting, by the name of its environment variable. */
        public Builder set(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Leaves out a setting that nodes are given by default. */
        public Builder unset(String name) {
            settings.remove(name);
            return this;
        }

        /** Starts the node; returns once it serves. */
        public TestNode start() {
            boolean ours = false;
            if (!embedded) {
                if (database == null) {
                    database = TestPostgres.freshDatabase();
                    ours = true;
                }
                settings.put("KEYLEDGER_DB_URL", database.url());
                settings.put("KEYLEDGER_DB_USER", database.serviceUser());
                settings.put("KEYLEDGER_DB_PASSWORD", database.servicePassword());
                settings.put("KEYLEDGER_DB_OWNER_USER", database.ownerUser());
                settings.put("KEYLEDGER_DB_OWNER_PASSWORD", database.ownerPassword());
            }
            try {
                return new TestNode(
                        Keyledger.start(SettingsReader.read(settings, Map.of(), List.of())), database, ours);
            } catch (RuntimeException failed) {
                if (ours && database != null) {
                    database.close();
                }
                throw failed;
            }
        }
    }
}
