package dev.keyledger.api.adapter.vault;

import dev.keyledger.crypto.AdditionalData;
import dev.keyledger.crypto.SecretWrapping;
import dev.keyledger.material.SecretBytes;
import dev.keyledger.material.WrappedSecret;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What messages to webhooks are signed with: 32 random bytes each, wrapped and bound to their webhook (ADR 0003, ADR 0025). At most two of a webhook
 * count at a time. Thread-safe.
 */
@Component
public class WebhookSecrets {

    /** How secrets begin as text, so that they are found where they should not be. */
    public static final String PREFIX = "whsec_";

    private static final int BYTES = 32;

    private final JdbcClient jdbc;
    private final DomainKeys domainKeys;
    private final SecureRandom random;

    WebhookSecrets(JdbcClient jdbc, DomainKeys domainKeys, SecureRandom random) {
        this.jdbc = jdbc;
        this.domainKeys = domainKeys;
        this.random = random;
    }

    /**
     * Makes the newest secret of a webhook; joins the caller's transaction, which holds the webhook's row.
     *
     * @param overlap how long, by machine time, the one before it counts as well; those before that count no more
     * @return its text, which is shown once
     */
    public String make(UUID webhookId, Duration overlap) {
        int newest = jdbc.sql("select coalesce(max(secret_number), 0) from webhook_secret where webhook_id = :id")
                .param("id", webhookId)
                .query(Integer.class)
                .single();
        jdbc.sql("delete from webhook_secret where webhook_id = :id and (secret_number < :newest or :overlap = 0)")
                .param("id", webhookId)
                .param("newest", newest)
                .param("overlap", overlap.toMillis())
                .update();
        jdbc.sql("""
                        update webhook_secret set expires_at = clock_timestamp() + :overlap * interval '1 millisecond'
                        where webhook_id = :id
                        """)
                .param("id", webhookId)
                .param("overlap", overlap.toMillis())
                .update();
        byte[] fresh = new byte[BYTES];
        random.nextBytes(fresh);
        String text = PREFIX + Base64.getEncoder().encodeToString(fresh);
        try (SecretBytes secret = SecretBytes.takeFrom(fresh);
                SecretBytes domainKey = domainKeys.openForWebhooks()) {
            int number = newest + 1;
            WrappedSecret wrapped = SecretWrapping.wrap(
                    domainKey, secret, AdditionalData.webhook(webhookId, number, domainKeys.webhookNumber()), random);
            jdbc.sql("""
                            insert into webhook_secret (webhook_id, secret_number, domain_key_number, iv, wrapped, created_at)
                            values (:id, :number, :domainKey, :iv, :wrapped, keyledger_now())
                            """)
                    .param("id", webhookId)
                    .param("number", number)
                    .param("domainKey", domainKeys.webhookNumber())
                    .param("iv", wrapped.iv())
                    .param("wrapped", wrapped.wrapped())
                    .update();
        }
        return text;
    }

    private record Row(int number, int domainKey, WrappedSecret secret) {}

    /**
     * The secrets that count now, the newest first, for the caller to close; none if the webhook is gone.
     *
     * @throws dev.keyledger.material.SecretUnwrapException if one does not open
     */
    public List<SecretBytes> open(UUID webhookId) {
        List<SecretBytes> opened = new ArrayList<>();
        for (Row row : jdbc.sql("""
                        select secret_number, domain_key_number, iv, wrapped from webhook_secret
                        where webhook_id = :id and (expires_at is null or expires_at > clock_timestamp())
                        order by secret_number desc
                        """)
                .param("id", webhookId)
                .query((row, number) ->
                        new Row(row.getInt(1), row.getInt(2), new WrappedSecret(row.getBytes(3), row.getBytes(4))))
                .list()) {
            try (SecretBytes domainKey = domainKeys.open(DomainKeyPurpose.WEBHOOK, row.domainKey)) {
                opened.add(SecretWrapping.unwrap(
                        domainKey,
                        row.secret,
                        AdditionalData.webhook(webhookId, row.number, row.domainKey),
                        "secret of a webhook"));
            }
        }
        return opened;
    }

    /** Destroys all secrets of a webhook; joins the caller's transaction. */
    public void destroy(UUID webhookId) {
        jdbc.sql("delete from webhook_secret where webhook_id = :id")
                .param("id", webhookId)
                .update();
    }

    /** Destroys secrets that count no more. */
    public void destroyExpired() {
        jdbc.sql("delete from webhook_secret where expires_at <= clock_timestamp()")
                .update();
    }
}
