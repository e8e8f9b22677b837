package dev.keyledger.api.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.keyledger.api.TestNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportSecurityTest {

    @TempDir
    private Path temp;

    private Path certificate;
    private Path key;

    @BeforeEach
    void name_files() {
        certificate = temp.resolve("tls.crt");
        key = temp.resolve("tls.key");
    }

    private TestNode.Builder withTls() {
        return TestNode.with()
                .set("KEYLEDGER_TLS_CERT_FILE", certificate.toString())
                .set("KEYLEDGER_TLS_KEY_FILE", key.toString());
    }

    private static int ready(TestNode node, SelfSigned trusted) throws Exception {
        // A new client for each call: a connection that is kept goes on with the certificate it began with.
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trusted.trusting())
                .build();
        return client.send(
                        HttpRequest.newBuilder(URI.create(
                                        "https://127.0.0.1:" + node.keyledger().port() + "/actuator/health/readiness"))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void certificates_are_renewed_without_a_restart() throws Exception {
        SelfSigned first = SelfSigned.make(temp, "EC");
        SelfSigned second = SelfSigned.make(temp, "RSA");
        first.install(certificate, key);
        try (TestNode node = withTls().start()) {
            assertThat(ready(node, first)).isEqualTo(200);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> ready(node, second));

            second.install(certificate, key);
            long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
            while (!served(node, second)) {
                assertThat(System.nanoTime())
                        .as("the new certificate is served")
                        .isLessThan(deadline);
            }
            assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(() -> ready(node, first));
        }
    }

    private static boolean served(TestNode node, SelfSigned certificate) throws Exception {
        try {
            return ready(node, certificate) == 200;
        } catch (SSLHandshakeException notYet) {
            return false;
        }
    }

    @Test
    void old_versions_of_the_protocol_are_not_spoken() throws Exception {
        SelfSigned made = SelfSigned.make(temp, "EC");
        made.install(certificate, key);
        try (TestNode node = withTls().start();
                SSLSocket socket = (SSLSocket) made.trusting()
                        .getSocketFactory()
                        .createSocket("127.0.0.1", node.keyledger().port())) {
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(TransportSecurity.serverProperties(settings()))
                    .containsEntry("server.ssl.enabled-protocols", "TLSv1.3,TLSv1.2");
        }
    }

    private Settings settings() {
        return SettingsReader.read(
                Map.of(
                        "KEYLEDGER_TLS_CERT_FILE", certificate.toString(),
                        "KEYLEDGER_TLS_KEY_FILE", key.toString(),
                        "KEYLEDGER_HOST", "0.0.0.0"),
                Map.of(),
                List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void a_pair_that_belongs_together_has_no_warning_until_it_expires(String algorithm) throws Exception {
        SelfSigned.make(temp, algorithm).install(certificate, key);
        assertThat(TransportSecurity.check(settings(), Instant.now())).isEmpty();
        assertThat(TransportSecurity.check(settings(), Instant.now().plus(Duration.ofDays(3))))
                .singleElement()
                .asString()
                .startsWith("the TLS certificate expired at");
    }

    @Test
    void a_pair_that_does_not_is_refused() throws Exception {
        SelfSigned.make(temp, "EC").install(certificate, key);
        Files.writeString(key, SelfSigned.make(temp, "EC").keyPem());
        refused("does not belong to the certificate");
        Files.writeString(key, SelfSigned.make(temp, "RSA").keyPem());
        refused("does not belong to the certificate");
    }

    @Test
    void files_that_are_not_pem_are_refused_without_what_is_in_them() throws Exception {
        SelfSigned made = SelfSigned.make(temp, "EC");
        made.install(certificate, key);
        Files.writeString(certificate, "geheim-4711");
        refused("KEYLEDGER_TLS_CERT_FILE holds no certificate in PEM form");

        made.install(certificate, key);
        Files.writeString(key, made.keyPem().replace("M", "!"));
        refused("KEYLEDGER_TLS_KEY_FILE holds no unencrypted private key in PEM form");

        Files.delete(key);
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(this::settings)
                .withMessageContaining("KEYLEDGER_TLS_KEY_FILE cannot be read");
    }

    private void refused(String sentence) {
        assertThatExceptionOfType(StartupFailure.class)
                .isThrownBy(() -> TransportSecurity.check(settings(), Instant.now()))
                .withMessageContaining(sentence)
                .withMessageNotContaining("geheim");
    }
}
