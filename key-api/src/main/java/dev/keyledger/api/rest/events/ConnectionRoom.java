package dev.keyledger.api.rest.events;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.TomcatConnectorCustomizer;
import org.springframework.stereotype.Component;

/**
 * Room for connections of streams beside those of requests. The web server's limit bounds what requests may hold at a time; a stream holds
 * little of that and for long, so each adds its own place to the limit and takes it away again: requests have as many as without streams.
 * Thread-safe.
 */
@Component
class ConnectionRoom implements TomcatConnectorCustomizer {

    private @Nullable AbstractProtocol<?> server;

    @Override
    public synchronized void customize(Connector connector) {
        if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
            server = protocol;
        }
    }

    synchronized void add(int connections) {
        if (server != null) {
            server.setMaxConnections(server.getMaxConnections() + connections);
        }
    }
}
