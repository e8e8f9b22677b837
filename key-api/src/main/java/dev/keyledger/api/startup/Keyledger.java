package dev.keyledger.api.startup;

import com.zaxxer.hikari.HikariDataSource;
import dev.keyledger.api.KeyledgerApplication;
import dev.keyledger.api.adapter.feed.HintSessions;
import dev.keyledger.api.adapter.journal.JournalConnections;
import dev.keyledger.api.extension.Extensions;
import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.db.EmbeddedPostgresException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
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
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.context.support.StandardServletEnvironment;

/**
 * A running node. Starting goes from cheap to lasting: settings, port and root key are checked before a database is made, the database
 * before anything is written to it; whatever fails leaves nothing behind that was not there before. While the store is opened the framework
 * is put together; what needs the store waits for it.
 */
public final class Keyledger implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("keyledger");

    private final ConfigurableApplicationContext context;
    private final OpenStore store;

    private Keyledger(ConfigurableApplicationContext context, OpenStore store) {
        this.context = context;
        this.store = store;
    }

    /**
     * Starts a node and returns once it serves.
     *
     * @throws StartupFailure with one sentence for the operator
     */
    public static Keyledger start(Settings settings) {
        long begun = System.nanoTime();
        ServiceLog.keepAsConfigured();
        SecureRandom random = new SecureRandom();
        InstantSource machineClock = InstantSource.system();
        checkPort(settings);
        List<String> warnings = new ArrayList<>(TransportSecurity.check(settings, machineClock.instant()));
        RootKeySource rootKey = RootKeySource.of(settings, random);
        Extensions extensions = settings.extensionsDir().map(Extensions::in).orElseGet(Extensions::none);
        Opening opening = Opening.begin(
                () -> OpenStore.open(openDatabase(settings, rootKey), settings, extensions, machineClock, random));
        try {
            ConfigurableApplicationContext context = serve(settings, opening, extensions, rootKey, random);
            OpenStore store = opening.store();
            warnings.addAll(store.warnings());
            Keyledger node = new Keyledger(context, store);
            StartupReport.log(
                    LOG,
                    settings,
                    store.database(),
                    store.identity(),
                    rootKey.provider(),
                    node.port(),
                    Duration.ofNanos(System.nanoTime() - begun),
                    warnings);
            return node;
        } catch (RuntimeException | Error failure) {
            opening.abandon();
            extensions.close();
            throw startupFailure(settings, failure);
        }
    }

    private static void checkPort(Settings settings) {
        if (settings.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException taken) {
            throw portTaken(settings, taken);
        }
    }

    private static StartupFailure portTaken(Settings settings, Exception cause) {
        return new StartupFailure(
                "Port " + settings.port() + " on " + settings.host().getHostAddress()
                        + " cannot be used, because another program has it or it is not one of ours to take;"
                        + " set KEYLEDGER_PORT or KEYLEDGER_HOST.",
                cause);
    }

    private static Database openDatabase(Settings settings, RootKeySource rootKey) {
        if (settings.database().isPresent()) {
            return Database.of(settings.database().get());
        }
        DataDirectory directory = DataDirectory.open(settings.dataDir());
        try {
            rootKey.keep();
            return Database.of(EmbeddedPostgres.start(
                    settings.dataDir().resolve("postgres"),
                    line -> LOG.info("{}", line),
                    line -> LOG.warn("{}", line)));
        } catch (EmbeddedPostgresException failed) {
            undo(rootKey, directory);
            throw new StartupFailure(Objects.requireNonNull(failed.getMessage()), failed);
        } catch (RuntimeException failed) {
            undo(rootKey, directory);
            throw failed;
        }
    }

    private static void undo(RootKeySource rootKey, DataDirectory directory) {
        rootKey.discard();
        directory.removeIfMade();
    }

    private static ConfigurableApplicationContext serve(
            Settings settings, Opening opening, Extensions extensions, RootKeySource rootKey, SecureRandom random) {
        SpringApplication application = new SpringApplication(KeyledgerApplication.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.setEnvironment(environment(settings));
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean(Settings.class, () -> settings);
            beans.registerBean(Extensions.class, () -> extensions);
            beans.registerBean(StoreIdentity.class, () -> opening.store().identity());
            beans.registerBean(StoreFacts.class, () -> opening.store().facts());
            beans.registerBean(
                    DatabaseRestarts.class,
                    () -> new DatabaseRestarts(
                            beans.getBean(MeterRegistry.class), opening.store().database()));
            beans.registerBean(HikariDataSource.class, () -> opening.store().ledger());
            beans.registerBean(JournalConnections.class, () -> opening.store().journal());
            beans.registerBean(HintSessions.class, () -> opening.store().database()::hintSession);
            beans.registerBean(dev.keyledger.material.RootKeyProvider.class, rootKey::provider);
            beans.registerBean(SecureRandom.class, () -> random);
            beans.registerBean(InstantSource.class, InstantSource::system);
        });
        return application.run();
    }

    /**
     * The framework reads our own file of properties and nothing of its surroundings. Variables such as {@code DEBUG} or {@code SERVER_PORT}
     * and an {@code application.properties} in the working directory would otherwise open endpoints, log requests or undo limits.
     */
    private static ConfigurableEnvironment environment(Settings settings) {
        Map<String, Object> properties = new HashMap<>(TransportSecurity.serverProperties(settings));
        properties.put("server.port", settings.port());
        properties.put("server.address", settings.host().getHostAddress());
        properties.put("spring.config.location", "classpath:/application.properties");
        StandardServletEnvironment environment = new StandardServletEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        sources.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        sources.addFirst(new MapPropertySource("settings", properties));
        return environment;
    }

    private static RuntimeException startupFailure(Settings settings, Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof StartupFailure sentence) {
                return sentence;
            }
            if (each instanceof PortInUseException taken) {
                return portTaken(settings, taken);
            }
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }

    /** TCP port the node serves on. */
    public int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    /** Who the store is. */
    public StoreIdentity identity() {
        return store.identity();
    }

    /** The node's beans, for the start report and for tests. */
    public ConfigurableApplicationContext context() {
        return context;
    }

    /** Finishes requests in flight, stops the processors and then the embedded database. */
    @Override
    public void close() {
        context.close();
        store.close();
    }
}
