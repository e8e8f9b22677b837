package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import dev.keyledger.api.TestNode;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What is logged while a node starts is neither lost nor written anywhere but to the log. */
class ServiceLogTest {

    @Test
    void the_log_stays_configured_while_a_node_starts_and_takes_what_the_container_logs() {
        LoggerContext log = (LoggerContext) LoggerFactory.getILoggerFactory();
        AtomicInteger resets = new AtomicInteger();
        CountingResets listener = new CountingResets(resets);
        log.addListener(listener);
        try {
            TestNode.start().close();
        } finally {
            log.removeListener(listener);
        }
        assertThat(resets).hasValue(0);
        assertThat(java.util.logging.LogManager.getLogManager().getLogger("").getHandlers())
                .as("where the container's own lines go")
                .hasOnlyElementsOfType(SLF4JBridgeHandler.class);
    }

    private record CountingResets(AtomicInteger resets) implements LoggerContextListener {

        @Override
        public boolean isResetResistant() {
            return true;
        }

        @Override
        public void onStart(LoggerContext context) {}

        @Override
        public void onReset(LoggerContext context) {
            resets.incrementAndGet();
        }

        @Override
        public void onStop(LoggerContext context) {}

        @Override
        public void onLevelChange(Logger logger, Level level) {}
    }
}
