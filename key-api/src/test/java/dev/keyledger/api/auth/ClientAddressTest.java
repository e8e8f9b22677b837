package dev.keyledger.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {

    private final ClientAddress address = new ClientAddress(List.of("10.0.0.0/8", "2001:db8::/32", "192.0.2.1"));

    @Test
    void a_peer_that_is_no_proxy_is_the_client_whatever_it_says() {
        assertThat(address.of("203.0.113.5", List.of("1.1.1.1"))).isEqualTo("203.0.113.5");
    }

    @Test
    void headers_are_read_from_the_right_as_far_as_proxies_are_trusted() {
        assertThat(address.of("10.1.2.3", List.of("6.6.6.6, 203.0.113.5, 192.0.2.1")))
                .isEqualTo("203.0.113.5");
        assertThat(address.of("10.1.2.3", List.of("6.6.6.6", "203.0.113.5", "10.9.9.9")))
                .isEqualTo("203.0.113.5");
        assertThat(address.of("2001:db8::1", List.of("2001:db9::7"))).isEqualTo("2001:db9:0:0:0:0:0:7");
    }

    @Test
    void a_chain_of_proxies_alone_ends_at_the_outermost() {
        assertThat(address.of("10.1.2.3", List.of("10.0.0.1, 10.0.0.2"))).isEqualTo("10.0.0.1");
        assertThat(address.of("10.1.2.3", List.of())).isEqualTo("10.1.2.3");
    }

    @Test
    void what_is_no_address_ends_the_chain() {
        for (String nonsense : List.of("unknown", "", "999.1.1.1", "example.test", "1.2.3", "_hidden", "::zz")) {
            assertThat(address.of("10.1.2.3", List.of("203.0.113.5, " + nonsense)))
                    .as(nonsense)
                    .isEqualTo("10.1.2.3");
        }
    }

    @Test
    void ports_and_scopes_are_left_out() {
        assertThat(address.of("10.1.2.3", List.of("203.0.113.5:4711"))).isEqualTo("203.0.113.5");
        assertThat(address.of("10.1.2.3", List.of("[2001:db9::7]:4711"))).isEqualTo("2001:db9:0:0:0:0:0:7");
        assertThat(address.of("0:0:0:0:0:0:0:1%lo", List.of())).isEqualTo("0:0:0:0:0:0:0:1");
    }

    @Test
    void networks_end_where_their_prefix_ends() {
        ClientAddress odd = new ClientAddress(List.of("10.0.0.128/25", "0.0.0.0/0"));

        assertThat(new ClientAddress(List.of("10.0.0.128/25")).trusts("10.0.0.127"))
                .isFalse();
        assertThat(new ClientAddress(List.of("10.0.0.128/25")).trusts("10.0.0.128"))
                .isTrue();
        assertThat(odd.trusts("203.0.113.5")).isTrue();
        assertThat(odd.trusts("::1")).isFalse();
        assertThat(address.trusts("192.0.2.2")).isFalse();
    }

    @Test
    void loopback_is_recognised_in_both_families() {
        assertThat(ClientAddress.loopback("127.9.9.9")).isTrue();
        assertThat(ClientAddress.loopback("::1")).isTrue();
        assertThat(ClientAddress.loopback("10.0.0.1")).isFalse();
        assertThat(ClientAddress.loopback("localhost")).isFalse();
    }
}
