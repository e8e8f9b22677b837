package dev.keyledger.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where a server listens: always the loopback address.
 *
 * @param port TCP port
 */
public record Endpoint(int port) {

    /** Host and port as the {@code Host} header has them. */
    public String authority() {
        return "127.0.0.1:" + port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
