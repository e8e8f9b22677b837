package dev.keyledger.api.startup;

import dev.keyledger.api.startup.Settings.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.ssl.pem.PemContent;

/** How requests reach the node: TLS with files that may change under it, or plain HTTP where that is allowed. */
final class TransportSecurity {

    private static final String BUNDLE = "spring.ssl.bundle.pem.keyledger.";

    private TransportSecurity() {}

    /**
     * Checks what the settings say before anything is made.
     *
     * @return warnings
     * @throws StartupFailure if plain HTTP is not allowed here or the files cannot serve
     */
    static List<String> check(Settings settings, Instant now) {
        if (settings.tls().isPresent()) {
            return check(settings.tls().get(), now);
        }
        if (settings.host().isLoopbackAddress()) {
            return settings.devMode()
                    ? List.of("plain HTTP on the loopback address: fit for development only")
                    : List.of("plain HTTP: only processes of this machine may be between a client and this node");
        }
        if (!settings.allowPlainHttp()) {
            throw new StartupFailure("Plain HTTP on " + settings.host().getHostAddress()
                    + " would carry plaintext over the network; set KEYLEDGER_TLS_CERT_FILE and KEYLEDGER_TLS_KEY_FILE,"
                    + " or KEYLEDGER_ALLOW_PLAIN_HTTP=true behind a proxy that does TLS.");
        }
        return List.of("plain HTTP on " + settings.host().getHostAddress() + ": a proxy in front must do TLS");
    }

    private static List<String> check(TlsFiles tls, Instant now) {
        X509Certificate certificate = certificate(tls.certificate());
        PrivateKey key = privateKey(tls.privateKey());
        if (!belongTogether(certificate.getPublicKey(), key)) {
            throw new StartupFailure(
                    "The private key in " + tls.privateKey() + " does not belong to the certificate in "
                            + tls.certificate() + "; check KEYLEDGER_TLS_CERT_FILE and KEYLEDGER_TLS_KEY_FILE.");
        }
        Instant end = certificate.getNotAfter().toInstant();
        return end.isBefore(now) ? List.of("the TLS certificate expired at " + end) : List.of();
    }

    private static X509Certificate certificate(Path file) {
        try {
            List<X509Certificate> chain = PemContent.load(file).getCertificates();
            if (chain != null && !chain.isEmpty()) {
                return chain.get(0);
            }
        } catch (IOException | RuntimeException unreadable) {
            throw new StartupFailure(
                    "KEYLEDGER_TLS_CERT_FILE holds no certificate in PEM form: " + file + ".", unreadable);
        }
        throw new StartupFailure("KEYLEDGER_TLS_CERT_FILE holds no certificate in PEM form: " + file + ".");
    }

    private static PrivateKey privateKey(Path file) {
        try {
            PrivateKey key = PemContent.load(file).getPrivateKey();
            if (key != null) {
                return key;
            }
        } catch (IOException | RuntimeException unreadable) {
            // Without the cause: what could not be parsed may be most of a private key.
            throw new StartupFailure(
                    "KEYLEDGER_TLS_KEY_FILE holds no unencrypted private key in PEM form: " + file + ".");
        }
        throw new StartupFailure("KEYLEDGER_TLS_KEY_FILE holds no unencrypted private key in PEM form: " + file + ".");
    }

    private static boolean belongTogether(PublicKey certified, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "DSA" -> "SHA256withDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] probe = {1, 2, 3};
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(certified);
            signer.update(probe);
            return signer.verify(signature);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }

    /** Properties of the web server. */
    static Map<String, Object> serverProperties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        settings.tls().ifPresent(tls -> {
            properties.put(BUNDLE + "reload-on-update", "true");
            properties.put(BUNDLE + "keystore.certificate", uri(tls.certificate()));
            properties.put(BUNDLE + "keystore.private-key", uri(tls.privateKey()));
            // A pair of files is replaced one after the other: wait until both have been quiet.
            properties.put("spring.ssl.bundle.watch.file.quiet-period", "2s");
            properties.put("server.ssl.bundle", "keyledger");
            properties.put("server.ssl.enabled-protocols", "TLSv1.3,TLSv1.2");
        });
        return properties;
    }

    private static String uri(Path file) {
        return "file:" + file.toAbsolutePath();
    }
}
