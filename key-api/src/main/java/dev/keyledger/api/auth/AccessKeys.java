package dev.keyledger.api.auth;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where access keys lie. Thread-safe. */
public interface AccessKeys {

    /**
     * Reads an access key freshly, so that a revocation acknowledged on any node counts for the next request.
     *
     * @param accessKeyId as the client sent it; any text of at most 128 characters
     * @param nonce looked up in the same read; null if the request carries none
     * @return empty if there is no such access key
     */
    Optional<AccessKey> find(String accessKeyId, @Nullable NonceProbe nonce);

    /**
     * Finds an access key that may be remembered from an earlier request, for a request whose record asks the store again whether the access
     * key still counts and whether the nonce is new. One that is not remembered is read freshly.
     *
     * @param accessKeyId as above
     */
    default Optional<AccessKey> recall(String accessKeyId) {
        return find(accessKeyId, null);
    }
}
