package dev.keyledger.api.protocol;

import dev.keyledger.api.auth.AccessKey;
import dev.keyledger.api.auth.AccessKeys;
import dev.keyledger.api.auth.NonceProbe;
import dev.keyledger.material.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Two access keys in memory, one of them disabled, and the nonces that an audit log has seen. */
public final class MemoryAccessKeys implements AccessKeys {

    public static final String ENABLED = "testAccessKeyId";
    public static final String DISABLED = "disabledAccessKeyId";
    public static final String SECRET = "testAccessKeySecret";

    private final RecordingAudit audit;
    private volatile @Nullable RuntimeException failure;

    public MemoryAccessKeys(RecordingAudit audit) {
        this.audit = audit;
    }

    /** From now on every look-up fails; null ends it. */
    public void failWith(@Nullable RuntimeException fails) {
        failure = fails;
    }

    @Override
    public Optional<AccessKey> find(String accessKeyId, @Nullable NonceProbe nonce) {
        RuntimeException fails = failure;
        if (fails != null) {
            throw fails;
        }
        if (!List.of(ENABLED, DISABLED).contains(accessKeyId)) {
            return Optional.empty();
        }
        return Optional.of(new AccessKey(
                accessKeyId,
                "bootstrap",
                accessKeyId.equals(DISABLED) ? AccessKey.Status.DISABLED : AccessKey.Status.ENABLED,
                SecretBytes.copyOf(SECRET.getBytes(StandardCharsets.UTF_8)),
                nonce != null && audit.seen(accessKeyId, nonce.nonce())));
    }
}
