package dev.keyledger.api.auth;

import java.time.Instant;

/**
 * The nonce of a request whose signature is not checked yet, to be looked up together with its access key.
 *
 * @param nonce as sent, at most {@value #MAX_LENGTH} characters
 * @param signedAt the timestamp the client signed; a replay carries the same one, so it may choose the partition
 */
public record NonceProbe(String nonce, Instant signedAt) {

    /** Longest nonce accepted, in characters; the clients send 32 to 36. */
    public static final int MAX_LENGTH = 128;
}
