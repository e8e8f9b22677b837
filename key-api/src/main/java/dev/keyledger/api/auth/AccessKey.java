package dev.keyledger.api.auth;

import dev.keyledger.material.SecretBytes;

/**
 * An access key as it is stored at this moment. Whoever got it closes it, which wipes the secret.
 *
 * @param id the AccessKeyId
 * @param principal who owns it
 * @param status whether it may be used
 * @param secret UTF-8 bytes of the AccessKeySecret, a copy for this request alone
 * @param nonceSeen whether the probed nonce is already recorded for this access key; false if nothing was probed
 */
public record AccessKey(String id, String principal, Status status, SecretBytes secret, boolean nonceSeen)
        implements AutoCloseable {

    /** Whether an access key may be used. */
    public enum Status {
        ENABLED,
        DISABLED
    }

    @Override
    public void close() {
        secret.close();
    }
}
