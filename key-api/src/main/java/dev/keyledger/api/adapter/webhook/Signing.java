package dev.keyledger.api.adapter.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import dev.keyledger.material.SecretBytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Signs messages as Standard Webhooks says, with every secret that counts. */
final class Signing {

    private Signing() {}

    /**
     * The message, signed.
     *
     * @param secrets at least one
     * @param timestamp seconds since 1970
     */
    static WebhookClient.Message sign(URI url, String id, long timestamp, byte[] body, List<SecretBytes> secrets) {
        String text = new String(body, StandardCharsets.UTF_8);
        String signature = secrets.stream()
                .map(secret -> secret.use(bytes -> signature(bytes, id, timestamp, text)))
                .collect(Collectors.joining(" "));
        return new WebhookClient.Message(url, id, timestamp, signature, text);
    }

    private static String signature(byte[] secret, String id, long timestamp, String body) {
        try {
            return new Webhook(secret).sign(id, timestamp, body);
        } catch (WebhookSigningException impossible) {
            throw new IllegalStateException("Java has HMAC-SHA-256", impossible);
        }
    }
}
