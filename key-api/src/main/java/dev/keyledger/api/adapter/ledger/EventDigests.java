package dev.keyledger.api.adapter.ledger;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The digest by which an audit record covers an event (ADR 0007): SHA-256 over event id, aggregate type, aggregate id, sequence number
 * (decimal), payload type, revision, payload and metadata, each as a four-byte big-endian length and its bytes.
 */
public final class EventDigests {

    private EventDigests() {}

    /** Digest of the parts of an event in the order of ADR 0007. */
    public static byte[] of(byte[]... parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha256.update(ByteBuffer.allocate(4).putInt(part.length).array());
                sha256.update(part);
            }
            return sha256.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
