package dev.keyledger.api.adapter.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are on the public Internet, at both ends of every range that is not. */
class PublicAddressesTest {

    private static boolean isPublic(String literal) throws UnknownHostException {
        return PublicAddresses.contains(InetAddress.getByName(literal));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "100.100.100.200",
                "127.0.0.0",
                "127.0.0.1",
                "127.255.255.255",
                "168.63.129.16",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.0",
                "255.255.255.255"
            })
    void special_ipv4_addresses_are_not(String literal) throws UnknownHostException {
        assertThat(isPublic(literal)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "8.8.8.8"
            })
    void their_neighbours_are(String literal) throws UnknownHostException {
        assertThat(isPublic(literal)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "fc00::1",
                "fd00:ec2::254",
                "fdff::1",
                "ff02::1",
                "ff0e::1",
                "100::1",
                "64:ff9b::127.0.0.1",
                "64:ff9b:1::10.0.0.1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:0:127.0.0.1",
                "2001::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:0808:0808::1",
                "3fff::1",
                "3fff:fff::1",
                "2001:4860::5efe:127.0.0.1",
                "2001:4860::200:5efe:10.0.0.1",
                "4000::1",
                "1fff:ffff::1",
                "e000::1"
            })
    void special_ipv6_addresses_and_those_with_ipv4_inside_are_not(String literal) throws UnknownHostException {
        assertThat(isPublic(literal)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "3ffe:ffff::1",
                "3fff:1000::1"
            })
    void global_unicast_is(String literal) throws UnknownHostException {
        assertThat(isPublic(literal)).isTrue();
    }

    @Test
    void a_mapped_address_is_what_it_maps() throws UnknownHostException {
        assertThat(isPublic("::ffff:127.0.0.1")).isFalse();
        assertThat(isPublic("::ffff:10.0.0.1")).isFalse();
        byte[] mapped = InetAddress.getByName("64:ff9b::127.0.0.1").getAddress();
        mapped[0] = 0;
        mapped[1] = 0;
        mapped[2] = 0;
        mapped[3] = 0;
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        assertThat(PublicAddresses.contains(Inet6Address.getByAddress(null, mapped, -1)))
                .as("also where the platform keeps it as it is")
                .isFalse();
    }
}
