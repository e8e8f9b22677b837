package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.KeyledgerApplication;
import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.EmbeddedPostgresException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A running node. Starting goes from cheap to lasting: settings, port and root key are checked before a database is made, the database
 * before anything is written to it; whatever fails leaves nothing behind that was not there before.
 */
public final class Keyledger implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("keyledger");

    private final ConfigurableApplicationContext context;
    private final Database database;
    private final StoreIdentity identity;

    private Keyledger(ConfigurableApplicationContext context, Database database, StoreIdentity identity) {
        this.context = context;
        this.database = database;
        this.identity = identity;
    }

    /**
     * Starts a node and returns once it serves.
     *
     * @throws StartupFailure with one sentence for the operator
     */
    public static Keyledger start(Settings settings) {
        SecureRandom random = new SecureRandom();
        checkPort(settings);
        checkTransport(settings);
        RootKeySource rootKey = RootKeySource.of(settings, random);
        Database database = openDatabase(settings);
        HikariDataSource pool = null;
        try {
            rootKey.keep();
            List<String> warnings = new ArrayList<>(prepare(database));
            pool = database.servicePool(POOL_SIZE);
            JdbcClient jdbc = JdbcClient.create(pool);
            StoreIdentity identity = StoreIdentity.establish(jdbc, settings, random);
            ConfigurableApplicationContext context = serve(settings, database, pool, identity, rootKey, random);
            Keyledger node = new Keyledger(context, database, identity);
            StartupReport.log(LOG, settings, node, rootKey.provider(), warnings);
            return node;
        } catch (RuntimeException | Error failure) {
            if (pool != null) {
                pool.close();
            }
            closeEmbedded(database);
            throw startupFailure(failure);
        }
    }

    /** Connections of the service; two are kept aside for timers and clock. */
    private static final int POOL_SIZE = 24;

    private static void checkPort(Settings settings) {
        if (settings.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException taken) {
            throw new StartupFailure(
                    "Port " + settings.port() + " on " + settings.host().getHostAddress() + " cannot be used ("
                            + taken.getMessage() + "); set KEYLEDGER_PORT or KEYLEDGER_HOST.",
                    taken);
        }
    }

    private static void checkTransport(Settings settings) {
        if (settings.tls().isEmpty() && !settings.host().isLoopbackAddress() && !settings.allowPlainHttp()) {
            throw new StartupFailure("Plain HTTP on " + settings.host().getHostAddress()
                    + " would carry plaintext over the network; set KEYLEDGER_TLS_CERT_FILE and KEYLEDGER_TLS_KEY_FILE,"
                    + " or KEYLEDGER_ALLOW_PLAIN_HTTP=true behind a proxy that does TLS.");
        }
    }

    private static Database openDatabase(Settings settings) {
        if (settings.database().isPresent()) {
            return Database.of(settings.database().get());
        }
        Path directory = settings.dataDir().resolve("postgres");
        try {
            return Database.of(EmbeddedPostgres.start(directory, line -> LOG.info("{}", line)));
        } catch (EmbeddedPostgresException failed) {
            throw new StartupFailure(Objects.requireNonNull(failed.getMessage()), failed);
        }
    }

    private static List<String> prepare(Database database) {
        JdbcClient owner = JdbcClient.create(database.ownerConnections());
        List<String> warnings;
        try {
            warnings = new ArrayList<>(new ServerAssertions(owner, InstantSource.system()).check());
        } catch (org.springframework.dao.DataAccessException unreachable) {
            throw new StartupFailure(
                    "The database cannot be reached or refuses the login: " + database.url() + ".", unreachable);
        }
        if (!database.separateOwner()) {
            warnings.add("one database role owns and serves: append-only audit tables are not enforced by privilege"
                    + " (set KEYLEDGER_DB_OWNER_USER)");
        }
        Schema.migrate(database);
        return warnings;
    }

    private static ConfigurableApplicationContext serve(
            Settings settings,
            Database database,
            HikariDataSource pool,
            StoreIdentity identity,
            RootKeySource rootKey,
            SecureRandom random) {
        SpringApplication application = new SpringApplication(KeyledgerApplication.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.setDefaultProperties(serverProperties(settings));
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean(Settings.class, () -> settings);
            beans.registerBean(StoreIdentity.class, () -> identity);
            beans.registerBean(
                    StoreFacts.class, () -> new StoreFacts(database.separateOwner(), database.embedded() != null));
            beans.registerBean(HikariDataSource.class, () -> pool);
            beans.registerBean(dev.keyledger.material.RootKeyProvider.class, rootKey::provider);
            beans.registerBean(SecureRandom.class, () -> random);
            beans.registerBean(InstantSource.class, InstantSource::system);
        });
        return application.run();
    }

    private static Map<String, Object> serverProperties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", settings.port());
        properties.put("server.address", settings.host().getHostAddress());
        settings.tls().ifPresent(tls -> {
            properties.put("spring.ssl.bundle.pem.keyledger.reload-on-update", "true");
            properties.put(
                    "spring.ssl.bundle.pem.keyledger.keystore.certificate",
                    "file:" + tls.certificate().toAbsolutePath());
            properties.put(
                    "spring.ssl.bundle.pem.keyledger.keystore.private-key",
                    "file:" + tls.privateKey().toAbsolutePath());
            properties.put("server.ssl.bundle", "keyledger");
            properties.put("server.ssl.enabled-protocols", "TLSv1.3,TLSv1.2");
        });
        return properties;
    }

    private static RuntimeException startupFailure(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof StartupFailure sentence) {
                return sentence;
            }
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }

    private static void closeEmbedded(Database database) {
        if (database.embedded() != null) {
            database.embedded().close();
        }
    }

    /** TCP port the node serves on. */
    public int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    /** Who the store is. */
    public StoreIdentity identity() {
        return identity;
    }

    /** The node's beans, for the start report and for tests. */
    public ConfigurableApplicationContext context() {
        return context;
    }

    /** Finishes requests in flight, stops the processors and then the embedded database. */
    @Override
    public void close() {
        context.close();
        closeEmbedded(database);
    }
}
