package dev.keyledger.api.startup;

import dev.keyledger.api.startup.Settings.Login;
import dev.keyledger.api.startup.SettingsReader.StoreSettings;
import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.EmbeddedPostgres.Running;
import dev.keyledger.db.EmbeddedPostgresException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A store that is there already, opened with the rights of its owner by a program that serves nothing: an external database, an embedded one that
 * a node is running, or one that nobody runs. Only in the last case a server is started, under the directory's lock, and stopped at the end.
 */
public final class OwnedStore implements AutoCloseable {

    private static final int CONNECT_SECONDS = 5;

    private final DataSource connections;
    private final @Nullable EmbeddedPostgres ours;

    private OwnedStore(DataSource connections, @Nullable EmbeddedPostgres ours) {
        this.connections = connections;
        this.ours = ours;
    }

    /**
     * Opens the store that the environment names, as it does for the service.
     *
     * @param progress takes a line when something takes long
     * @throws StoreOutOfReach with one sentence, if it is not there or does not let us in
     * @throws StartupFailure with one sentence, if a setting is wrong or the schema is not this version's
     */
    public static OwnedStore open(Map<String, String> environment, Consumer<String> progress) {
        StoreSettings settings = SettingsReader.readStore(environment);
        OwnedStore store;
        if (settings.url().isPresent()) {
            Login owner = settings.owner()
                    .orElseThrow(() -> new StartupFailure(
                            "KEYLEDGER_DB_URL needs KEYLEDGER_DB_OWNER_USER and KEYLEDGER_DB_OWNER_PASSWORD as well."));
            store = new OwnedStore(connections(settings.url().get(), owner.user(), owner.password()), null);
        } else {
            store = embedded(settings.dataDir(), progress);
        }
        boolean usable = false;
        try {
            store.requireThisVersion(settings);
            usable = true;
            return store;
        } finally {
            if (!usable) {
                store.close();
            }
        }
    }

    private static OwnedStore embedded(Path dataDirectory, Consumer<String> progress) {
        Path directory = dataDirectory.resolve("postgres");
        if (!EmbeddedPostgres.existsIn(directory)) {
            throw new StoreOutOfReach(
                    "There is no store in " + dataDirectory.toAbsolutePath().normalize()
                            + "; set KEYLEDGER_DATA_DIR to the data directory of a node, or KEYLEDGER_DB_URL.");
        }
        try {
            Optional<Running> running = EmbeddedPostgres.running(directory);
            if (running.isPresent()) {
                return new OwnedStore(
                        connections(
                                running.get().url(),
                                running.get().ownerUser(),
                                running.get().ownerPassword()),
                        null);
            }
            EmbeddedPostgres started = EmbeddedPostgres.start(directory, progress);
            return new OwnedStore(
                    connections(started.jdbcUrl(), started.ownerUser(), started.ownerPassword()), started);
        } catch (EmbeddedPostgresException failed) {
            throw new StoreOutOfReach(Objects.requireNonNull(failed.getMessage()), failed);
        }
    }

    private static DataSource connections(String url, String user, String password) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        // By default the driver puts bound values into the text of its exceptions.
        properties.setProperty("logServerErrorDetail", "false");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("ApplicationName", "keyledger-replay");
        // Equal inserts become one with many rows.
        properties.setProperty("reWriteBatchedInserts", "true");
        return new DriverManagerDataSource(url, properties);
    }

    private void requireThisVersion(StoreSettings settings) {
        try (Connection connection = connections.getConnection()) {
            if (!connection.isValid(CONNECT_SECONDS)) {
                throw new StoreOutOfReach("The database does not answer.");
            }
        } catch (SQLException failed) {
            throw new StoreOutOfReach(
                    settings.url().isPresent()
                            ? "The database at " + settings.url().get() + " cannot be reached, or refuses the login of"
                                    + " KEYLEDGER_DB_OWNER_USER."
                            : "The embedded database does not answer.",
                    failed);
        }
        if (!Schema.isCurrent(JdbcClient.create(connections))) {
            throw new StartupFailure(
                    "The schema is not that of this version; start the service of this version once, which brings it up to date.");
        }
    }

    /** Unpooled connections of the role that owns the schema, without the service's time limits. */
    public DataSource connections() {
        return connections;
    }

    /** Stops the server if it was started for this. */
    @Override
    public void close() {
        if (ours != null) {
            ours.close();
        }
    }
}
