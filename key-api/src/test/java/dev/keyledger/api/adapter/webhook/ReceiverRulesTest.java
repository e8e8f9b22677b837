package dev.keyledger.api.adapter.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyledger.api.startup.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs messages may go to. */
class ReceiverRulesTest {

    private static final ReceiverRules STRICT = ReceiverRules.of(Settings.Webhooks.DEFAULT);

    static ReceiverRules allowing(boolean http, String... allowed) {
        return ReceiverRules.of(new Settings.Webhooks(List.of(allowed), http, Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://hooks.example.com/a?b=c",
                "https://hooks.example.com:443/",
                "https://HOOKS.example.com:8443/x",
                "https://8.8.8.8/",
                "https://[2606:4700::1111]/"
            })
    void public_receivers_with_tls_may_be_sent_to(String url) {
        assertThat(STRICT.objection(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hooks.example.com",
                "http://hooks.example.com/",
                "ftp://hooks.example.com/",
                "https://",
                "https:///path",
                "https://hooks.example.com:80/",
                "https://hooks.example.com:22/",
                "https://hooks.example.com:8080/",
                "https://user@hooks.example.com/",
                "https://user:pass@hooks.example.com/",
                "https://hooks.example.com/#f",
                "https://127.0.0.1/",
                "https://10.1.2.3/",
                "https://169.254.169.254/latest",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[fd00:ec2::254]/",
                "https://0.0.0.0/",
                "https://[fe80::1%25eth0]/",
                "https://hooks.example.com/\u00e9",
                "https://hooks.exam\nple.com/",
                "file:///etc/passwd"
            })
    void everything_else_is_refused_with_a_sentence(String url) {
        assertThat(STRICT.objection(url)).get().asString().endsWith(".");
    }

    @Test
    void the_operator_allows_hosts_with_ports_and_ranges() throws UnknownHostException {
        ReceiverRules rules = allowing(false, "receiver.internal:9000", "any.internal:*", "10.0.0.0/8", "[::1]:9001");
        assertThat(rules.objection("https://Receiver.internal:9000/")).isEmpty();
        assertThat(rules.objection("https://receiver.internal:9001/")).isPresent();
        assertThat(rules.objection("https://any.internal:1/")).isEmpty();
        assertThat(rules.objection("https://10.1.2.3/")).isEmpty();
        assertThat(rules.objection("https://10.1.2.3:9000/"))
                .as("a range lifts no port")
                .isPresent();
        assertThat(rules.objection("https://[::1]:9001/")).isEmpty();
        assertThat(rules.objection("http://receiver.internal:9000/"))
                .as("nor plain HTTP")
                .isPresent();

        InetAddress loopback = InetAddress.getLoopbackAddress();
        assertThat(rules.permits("receiver.internal", 9000, loopback)).isTrue();
        assertThat(rules.permits("receiver.internal", 443, loopback)).isFalse();
        assertThat(rules.permits("hooks.example.com", 443, loopback)).isFalse();
        assertThat(rules.permits("hooks.example.com", 443, InetAddress.getByName("10.9.9.9")))
                .isTrue();
    }

    @Test
    void a_range_may_come_with_a_port_and_lifts_it_for_itself_alone() throws UnknownHostException {
        ReceiverRules rules = allowing(false, "10.0.0.0/8:9000", "[fd00::/8]:*");
        assertThat(rules.objection("https://receiver.internal:9000/")).isEmpty();
        assertThat(rules.permits("receiver.internal", 9000, InetAddress.getByName("10.1.2.3")))
                .isTrue();
        assertThat(rules.permits("receiver.internal", 443, InetAddress.getByName("10.1.2.3")))
                .isFalse();
        assertThat(rules.permits("receiver.internal", 9000, InetAddress.getByName("8.8.8.8")))
                .isFalse();
        assertThat(rules.permits("receiver.internal", 1, InetAddress.getByName("fd00::1")))
                .isTrue();
        assertThat(rules.permits("receiver.internal", 1, InetAddress.getByName("fc00::1")))
                .isFalse();
    }

    @Test
    void plain_http_is_for_those_who_ask_for_it() {
        assertThat(allowing(true).objection("http://hooks.example.com/")).isEmpty();
        assertThat(allowing(true).objection("http://127.0.0.1/")).isPresent();
        assertThat(allowing(true, "127.0.0.1:*").objection("http://127.0.0.1:1234/"))
                .isEmpty();
    }
}
