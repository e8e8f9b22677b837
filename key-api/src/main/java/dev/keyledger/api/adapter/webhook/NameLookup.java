package dev.keyledger.api.adapter.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of names. A port, because a test cannot make the name service of the Internet answer one thing and then another. */
@FunctionalInterface
interface NameLookup {

    /**
     * All addresses of a name, or the one that a literal is.
     *
     * @throws UnknownHostException if there is none
     */
    InetAddress[] addresses(String host) throws UnknownHostException;
}
