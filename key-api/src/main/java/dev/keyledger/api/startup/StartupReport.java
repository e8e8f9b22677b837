package dev.keyledger.api.startup;

import dev.keyledger.material.RootKeyProvider;
import java.util.List;
import org.slf4j.Logger;

/** The lines an operator reads after a start. */
final class StartupReport {

    private StartupReport() {}

    static void log(Logger log, Settings settings, Keyledger node, RootKeyProvider rootKey, List<String> warnings) {
        log.info("port {} {} {} {}", node.port(), settings.dataDir(), rootKey.name(), warnings);
    }
}
