package dev.keyledger.api.adapter.journal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * A nonce as it is stored: unique per access key.
 *
 * @param hash first 16 bytes of SHA-256 over access key id, a zero byte and the nonce; the zero byte keeps the two apart
 * @param signedHour hour of the signed time stamp, which picks the partition
 */
@SuppressWarnings("ArrayRecordComponent") // A hash handed straight to the driver; never compared, never printed.
public record RequestNonce(byte[] hash, OffsetDateTime signedHour) {

    /** The stored form of a nonce that a client sent with this access key and signed time stamp. */
    public static RequestNonce of(String accessKeyId, String nonce, Instant signedAt) {
        return new RequestNonce(
                hash(accessKeyId, nonce), signedAt.truncatedTo(ChronoUnit.HOURS).atOffset(ZoneOffset.UTC));
    }

    static byte[] hash(String accessKeyId, String nonce) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(accessKeyId.getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) 0);
            return Arrays.copyOf(sha256.digest(nonce.getBytes(StandardCharsets.UTF_8)), 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
