package dev.keyledger.api.adapter.webhook;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses are somewhere on the public Internet. Of IPv4, all but what IANA's registry of special-purpose addresses takes out; of IPv6, only
 * global unicast, without what carries an IPv4 address inside: those would be a second way to every address that is refused here.
 */
final class PublicAddresses {

    /** IANA IPv4 Special-Purpose Address Registry, multicast, and reserved. */
    private static final List<AddressRange> IPV4_SPECIAL = ranges(
            "0.0.0.0/8", // this network, and unspecified
            "10.0.0.0/8", // private
            "100.64.0.0/10", // shared by carriers; in it lies the metadata service 100.100.100.200
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // public by number, a cloud's host to its guests in fact
            "169.254.0.0/16", // link-local; in it lies the metadata service 169.254.169.254
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments; in it lies the metadata service 192.0.0.192
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // relays of 6to4
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"); // reserved, and broadcast

    private static final AddressRange IPV6_GLOBAL_UNICAST = AddressRange.of("2000::/3");

    private static final List<AddressRange> IPV6_SPECIAL = ranges(
            "2001::/23", // protocol assignments; in it lies Teredo, which carries IPv4
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4, which carries IPv4
            "3fff::/20"); // documentation

    private PublicAddresses() {}

    private static List<AddressRange> ranges(String... cidrs) {
        return Stream.of(cidrs).map(AddressRange::of).toList();
    }

    /** Whether it is one. */
    static boolean contains(InetAddress address) {
        if (address instanceof Inet6Address) {
            return IPV6_GLOBAL_UNICAST.contains(address)
                    && IPV6_SPECIAL.stream().noneMatch(range -> range.contains(address))
                    && !isatap(address.getAddress());
        }
        return IPV4_SPECIAL.stream().noneMatch(range -> range.contains(address));
    }

    /** An interface identifier of ISATAP (RFC 5214 §6.1), which carries IPv4 in its last four bytes. */
    private static boolean isatap(byte[] address) {
        return (address[8] & 0xfc) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == (byte) 0xfe;
    }
}
