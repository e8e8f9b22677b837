package dev.keyledger.material;

/**
 * Where the root key lives and works: it wraps a few domain keys and nothing else, and is asked at start, at rotation and once a day. An HSM
 * never gives the key out, hence operations and no bytes. Thread-safe. Each provider passes the port's contract suite.
 */
public interface RootKeyProvider {

    /** Name for logs and health, for example {@code file}. */
    String name();

    /** Generation of the root key, from 1. */
    int generation();

    /** Wraps 1 to 256 secret bytes with a fresh 12-byte IV; the additional data must be given again to unwrap. */
    WrappedSecret wrap(SecretBytes secret, byte[] additionalData);

    /**
     * Unwraps.
     *
     * @throws SecretUnwrapException if the root key, the bytes or the additional data are not those of the wrapping
     */
    SecretBytes unwrap(WrappedSecret wrapped, byte[] additionalData);
}
