package dev.keyledger.api.adapter.webhook;

import dev.keyledger.api.startup.Settings;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where messages may go to: {@code https}, the ports 443 and 8443, and public addresses, unless the operator allows more. The operator's word is
 * about a host and port, then at whatever address, or about a range of addresses, with or without a port. Immutable.
 */
public final class ReceiverRules {

    /** Longest URL, in characters. */
    public static final int MAX_URL = 2_048;

    private static final Set<Integer> PORTS = Set.of(443, 8443);
    private static final int PLAIN_PORT = 80;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1," + MAX_URL + "}");

    /** A range, and a port or any if it says so. */
    private static final Pattern RANGE_AND_PORT = Pattern.compile("\\[?([0-9A-Fa-f:.]+/[0-9]{1,3})]?:([0-9]{1,5}|\\*)");

    private static final int ANY_PORT = 0;

    private final boolean plainHttp;
    private final Set<String> places;
    private final List<Allowed> ranges;

    /**
     * A range that the operator allows.
     *
     * @param port on this one; null for those that are allowed anywhere
     */
    private record Allowed(AddressRange range, @Nullable Integer port) {

        boolean lifts(int wanted) {
            return port != null && (port == ANY_PORT || port == wanted);
        }
    }

    private ReceiverRules(boolean plainHttp, Set<String> places, List<Allowed> ranges) {
        this.plainHttp = plainHttp;
        this.places = Set.copyOf(places);
        this.ranges = List.copyOf(ranges);
    }

    /** The rules of this node. */
    public static ReceiverRules of(Settings.Webhooks settings) {
        Set<String> places = new HashSet<>();
        List<Allowed> ranges = new ArrayList<>();
        for (String allowed : settings.allow()) {
            Matcher withPort = RANGE_AND_PORT.matcher(allowed);
            if (withPort.matches()) {
                String port = withPort.group(2);
                ranges.add(new Allowed(
                        AddressRange.of(withPort.group(1)), port.equals("*") ? ANY_PORT : Integer.parseInt(port)));
            } else if (AddressRange.parse(allowed).isPresent()) {
                ranges.add(new Allowed(AddressRange.of(allowed), null));
            } else {
                places.add(allowed.toLowerCase(Locale.ROOT));
            }
        }
        return new ReceiverRules(settings.allowHttp(), places, ranges);
    }

    /**
     * Checks a URL as far as it can be without looking a name up.
     *
     * @return why nothing is sent there; empty if it may be
     */
    public Optional<String> objection(String text) {
        if (!PRINTABLE.matcher(text).matches()) {
            return Optional.of("It is a URL of at most " + MAX_URL + " ASCII characters.");
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException malformed) {
            return Optional.of("It is a URL.");
        }
        if (url.getHost() == null || !HOST.matcher(url.getHost()).matches()) {
            return Optional.of("It is a URL with a host name or an address.");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            return Optional.of("It is a URL without user, password and fragment.");
        }
        boolean https = "https".equalsIgnoreCase(url.getScheme());
        if (!https && !(plainHttp && "http".equalsIgnoreCase(url.getScheme()))) {
            return Optional.of("It is an https URL.");
        }
        int port = port(url);
        if (!usual(port)
                && !placeIsAllowed(url.getHost(), port)
                && ranges.stream().noneMatch(range -> range.lifts(port))) {
            return Optional.of("Its port is 443 or 8443, or one that the operator allows.");
        }
        Optional<AddressRange> literal = AddressRange.parse(withoutBrackets(url.getHost()));
        if (literal.isPresent() && !permits(url.getHost(), port, literal.get().address())) {
            return Optional.of("Its address is public, or one that the operator allows.");
        }
        return Optional.empty();
    }

    /** The port that a URL means. */
    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equalsIgnoreCase(url.getScheme()) ? 443 : PLAIN_PORT;
    }

    /** Whether a connection to this address may be made for this host and port. */
    boolean permits(String host, int port, InetAddress address) {
        return placeIsAllowed(host, port)
                || (usual(port) && PublicAddresses.contains(address))
                || ranges.stream()
                        .anyMatch(each ->
                                each.range.contains(address) && (each.port == null ? usual(port) : each.lifts(port)));
    }

    private boolean usual(int port) {
        return PORTS.contains(port) || (plainHttp && port == PLAIN_PORT);
    }

    private boolean placeIsAllowed(String host, int port) {
        String name = withoutBrackets(host).toLowerCase(Locale.ROOT);
        String place = name.contains(":") ? "[" + name + "]:" : name + ":";
        return places.contains(place + port) || places.contains(place + "*");
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
