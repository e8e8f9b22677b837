package dev.keyledger.api.startup;

import dev.keyledger.api.KeyledgerApplication;
import dev.keyledger.api.adapter.vault.BootstrapAccessKeys;
import dev.keyledger.db.EmbeddedPostgres;
import dev.keyledger.material.RootKeyProvider;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** The lines an operator reads after a start: where things are, and what is not fit for production. */
final class StartupReport {

    private StartupReport() {}

    static void log(
            Logger log,
            Settings settings,
            Database database,
            StoreIdentity identity,
            RootKeyProvider rootKey,
            int port,
            Duration took,
            List<String> warnings) {
        log.info("Keyledger {} serves {} (started in {} s)", version(), address(settings, port), seconds(took));
        log.info("store {}, region {}, account {}", identity.storeId(), identity.region(), identity.accountId());
        log.info("data: {}", data(settings, database));
        log.info("access key: {}", accessKey(settings));
        log.info("root key: {}", rootKey(settings, rootKey));
        List<String> all = new ArrayList<>(warnings);
        all.addAll(unfit(settings, database, identity));
        all.forEach(warning -> log.warn("not for production: {}", warning));
    }

    /** Version of this release; classes that do not come from the packaged jar have none. */
    static String version() {
        String version = KeyledgerApplication.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    private static String address(Settings settings, int port) {
        String host = settings.host().getHostAddress();
        return (settings.tls().isPresent() ? "https://" : "http://")
                + (settings.host() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
    }

    private static String seconds(Duration took) {
        return "%d.%d".formatted(took.toSeconds(), took.toMillisPart() / 100);
    }

    private static String data(Settings settings, Database database) {
        EmbeddedPostgres embedded = database.embedded();
        return embedded == null
                ? database.url() + " as " + database.service().user()
                : absolute(settings.dataDir().resolve("postgres")) + " (embedded PostgreSQL, port " + embedded.port()
                        + ")";
    }

    private static String accessKey(Settings settings) {
        if (settings.bootstrapAccessKey().isPresent()) {
            return settings.bootstrapAccessKey().get().id() + " (from KEYLEDGER_ACCESS_KEY_ID)";
        }
        Path file = BootstrapAccessKeys.file(settings);
        return Files.exists(file)
                ? "in " + absolute(file)
                : "those of the store; none is set and none was made on this machine";
    }

    private static String rootKey(Settings settings, RootKeyProvider rootKey) {
        return settings.rootKey()
                .map(setting -> rootKey.name() + ", from " + setting.source())
                .orElseGet(() ->
                        rootKey.name() + ", in " + absolute(settings.dataDir().resolve("root-key")));
    }

    private static List<String> unfit(Settings settings, Database database, StoreIdentity identity) {
        List<String> warnings = new ArrayList<>();
        EmbeddedPostgres embedded = database.embedded();
        if (identity.testClock()) {
            warnings.add(
                    "this store has the TEST CLOCK: whoever may call this node can make keys expire and be destroyed");
        }
        if (embedded != null) {
            warnings.add("the database is embedded: one node, on one disk (KEYLEDGER_DB_URL names a server)");
            if (!embedded.stopsWithThisProcess()) {
                warnings.add("on this system the embedded database survives a killed Keyledger until the next start");
            }
        } else if (!database.encrypted()) {
            warnings.add(
                    "the connection to the database is not encrypted (add sslmode=verify-full to KEYLEDGER_DB_URL)");
        }
        if (settings.log().anchorFile().isEmpty() && settings.log().anchorUrl().isEmpty()) {
            warnings.add(
                    "the audit log is anchored nowhere outside the database: whoever has the database and its keys can"
                            + " write another one (set KEYLEDGER_ANCHOR_FILE or KEYLEDGER_ANCHOR_URL)");
        }
        if (settings.rootKey().isEmpty()) {
            warnings.add(
                    "the root key is a file beside the database: keep a copy elsewhere, and set KEYLEDGER_ROOT_KEY_FILE");
        }
        if ("root".equals(System.getProperty("user.name"))) {
            warnings.add("this process runs as root");
        }
        return warnings;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
