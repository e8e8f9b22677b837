package dev.keyledger.api.adapter.webhook;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks a receiver's name up for the HTTP client, once for each connection, and lets only addresses through that may be connected to. The client
 * connects to what it is given here and asks nobody else, so a name that changes its mind between the check and the connection changes nothing.
 */
final class CheckedAddresses implements DnsResolver {

    private final NameLookup lookup;
    private final ReceiverRules rules;
    private final Optional<URI> proxy;

    CheckedAddresses(NameLookup lookup, ReceiverRules rules, Optional<URI> proxy) {
        this.lookup = lookup;
        this.rules = rules;
        this.proxy = proxy;
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        InetAddress[] found = lookup.addresses(host);
        if (found.length == 0) {
            throw new UnknownHostException("a name without addresses");
        }
        // One that leads inside as well as outside is refused whole: nobody needs it, and somebody may play with it.
        if (!isProxy(host, port) && !Stream.of(found).allMatch(address -> rules.permits(host, port, address))) {
            throw new ForbiddenAddressException();
        }
        return Stream.of(found)
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** The operator named it, and it decides what it connects to. */
    private boolean isProxy(String host, int port) {
        return proxy.isPresent()
                && proxy.get().getHost().equalsIgnoreCase(host)
                && proxy.get().getPort() == port;
    }

    /** Without a port nothing can be checked. */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        throw new ForbiddenAddressException();
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
