package dev.keyledger.api.startup;

import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.logging.LoggingSystem;

/**
 * The log is configured once, by the logging library from {@code logback.xml}, and never again. The framework would set it up a second time
 * while the store is being opened beside it: for that moment every logger is at DEBUG without an appender, and whatever is logged then is lost
 * or ends up on standard error, where a failed start has one sentence.
 */
final class ServiceLog {

    private ServiceLog() {}

    /** To be called before the framework starts; calling it again changes nothing. */
    static void keepAsConfigured() {
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        if (!SLF4JBridgeHandler.isInstalled()) {
            // The container logs by the platform's own library, which would write to standard error.
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
    }
}
