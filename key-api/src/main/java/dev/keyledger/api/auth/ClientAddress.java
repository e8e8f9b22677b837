package dev.keyledger.api.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the address a request came from. {@code X-Forwarded-For} is read from the right, and only as far as trusted proxies wrote it: what
 * stands left of the first address that is no such proxy was written by the client and may be anything. Thread-safe.
 */
public final class ClientAddress {

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})";

    /** Octets in range only: anything else would be taken for a host name. */
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "(?:\\." + OCTET + "){3})(?::[0-9]{1,5})?");

    private static final Pattern IPV6_WITH_PORT = Pattern.compile("\\[([^\\]]+)\\](?::[0-9]{1,5})?");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%.*)?");

    private final List<Network> trusted;

    /**
     * @param trustedProxies networks in CIDR notation, as the settings reader validated them
     */
    public ClientAddress(List<String> trustedProxies) {
        trusted = trustedProxies.stream().map(Network::of).toList();
    }

    /**
     * The client's numeric address.
     *
     * @param peer address of the connection's other end
     * @param forwardedFor values of {@code X-Forwarded-For} in the order received
     */
    public String of(String peer, List<String> forwardedFor) {
        if (trusted.isEmpty() && plainIpv4(peer)) {
            return peer;
        }
        Optional<InetAddress> client = parse(peer);
        if (client.isEmpty()) {
            return peer;
        }
        List<String> hops = new ArrayList<>();
        forwardedFor.forEach(line -> hops.addAll(List.of(line.split(",", -1))));
        for (int i = hops.size() - 1; i >= 0 && trusts(client.get()); i--) {
            Optional<InetAddress> hop = parse(hops.get(i).trim());
            if (hop.isEmpty()) {
                break;
            }
            client = hop;
        }
        return text(client.get());
    }

    /** Whether the address belongs to a trusted proxy. */
    public boolean trusts(String address) {
        return parse(address).filter(this::trusts).isPresent();
    }

    private boolean trusts(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** Whether it is a loopback address. */
    public static boolean loopback(String address) {
        return parse(address).filter(InetAddress::isLoopbackAddress).isPresent();
    }

    /** Whether it is an IPv4 address as the platform itself writes it, which needs no second look. */
    private static boolean plainIpv4(String address) {
        int octet = -1;
        int dots = 0;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c == '.' && octet >= 0) {
                octet = -1;
                dots++;
            } else if (c >= '0' && c <= '9' && octet != 0) {
                octet = Math.max(octet, 0) * 10 + c - '0';
                if (octet > 255) {
                    return false;
                }
            } else {
                return false;
            }
        }
        return dots == 3 && octet >= 0;
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    /** Reads a literal address; a name is never looked up. */
    private static Optional<InetAddress> parse(String text) {
        Matcher ipv4 = IPV4.matcher(text);
        Matcher bracketed = IPV6_WITH_PORT.matcher(text);
        String literal;
        if (ipv4.matches()) {
            literal = ipv4.group(1);
        } else {
            literal = bracketed.matches() ? bracketed.group(1) : text;
            if (!IPV6.matcher(literal).matches()) {
                return Optional.empty();
            }
            int scope = literal.indexOf('%');
            literal = scope < 0 ? literal : literal.substring(0, scope);
        }
        try {
            return Optional.of(InetAddress.getByName(literal));
        } catch (UnknownHostException malformed) {
            return Optional.empty();
        }
    }

    private record Network(InetAddress address, int prefix) {

        static Network of(String cidr) {
            String[] parts = cidr.split("/", 2);
            InetAddress address = parse(parts[0])
                    .orElseThrow(() -> new IllegalArgumentException("not a network in CIDR notation: " + cidr));
            int bits = address.getAddress().length * Byte.SIZE;
            return new Network(address, parts.length == 1 ? bits : Integer.parseInt(parts[1]));
        }

        boolean contains(InetAddress other) {
            byte[] mine = address.getAddress();
            byte[] theirs = other.getAddress();
            if (mine.length != theirs.length) {
                return false;
            }
            for (int bit = 0; bit < prefix; bit++) {
                int mask = 0x80 >> (bit % Byte.SIZE);
                if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
