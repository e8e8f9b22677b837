package dev.keyledger.api.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Management of access keys. Every method joins the caller's transaction; a committed change holds for the next request on every node. */
public interface AccessKeyRegistry {

    /** Most access keys a principal may have at a time: two, so that one can replace the other without a gap. */
    int MAX_PER_PRINCIPAL = 2;

    /**
     * Makes an access key with a random id and secret.
     *
     * @param createdBy access key id of the caller
     * @return with the secret, which is never shown again
     * @throws dev.keyledger.refusal.Refusal {@code LIMIT_EXCEEDED} if the principal has {@link #MAX_PER_PRINCIPAL}
     */
    NewAccessKey create(String principal, String createdBy);

    /** One page by id, without secrets. */
    List<Entry> list(@Nullable String afterId, int limit);

    /**
     * Whether an access key other than this one is enabled. Until the caller's transaction ends nobody else can ask, so that two requests
     * cannot disable or delete the last two at the same time.
     */
    boolean anotherIsEnabled(String accessKeyId);

    /** Enables or disables. @return false if there is no such access key */
    boolean setStatus(String accessKeyId, AccessKey.Status status);

    /** Deletes for good. @return false if there is no such access key */
    boolean delete(String accessKeyId);

    /** An access key as listed. */
    record Entry(
            String id,
            String principal,
            AccessKey.Status status,
            boolean bootstrap,
            Instant createdAt,
            String createdBy) {}

    /** A fresh access key; {@code toString} hides the secret. */
    record NewAccessKey(Entry entry, String secret) {

        @Override
        public String toString() {
            return "NewAccessKey[" + entry.id() + "]";
        }
    }
}
