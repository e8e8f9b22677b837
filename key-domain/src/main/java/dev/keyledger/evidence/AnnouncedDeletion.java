package dev.keyledger.evidence;

import dev.keyledger.evidence.DeletionLedgerEntry.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A line of the deletion ledger that is written before material is destroyed, when nobody can know yet whether it will be and which place in the
 * log it will have: format 1, ADR 0019. The {@linkplain DeletionLedgerEntry entry} that confirms it comes later, or never if the destruction was
 * given up.
 *
 * @param storeId UUID of the store; one ledger may serve several
 * @param cause why the material goes
 * @param keyId the key
 * @param keyVersionId the version whose material goes; null for a destroyed key that never had material
 * @param at store time of the event, milliseconds
 * @param eventId identifier of the event
 * @param eventDigest its digest as in the audit record, lower-case hexadecimal
 */
public record AnnouncedDeletion(
        String storeId,
        Cause cause,
        String keyId,
        @Nullable String keyVersionId,
        Instant at,
        String eventId,
        String eventDigest) {

    /** The only format so far. */
    public static final int FORMAT = 1;

    /** How such a line begins, and no other of an anchor file does: canonical JSON has its members in order. */
    private static final byte[] BEGINNING = "{\"announcement\":".getBytes(StandardCharsets.US_ASCII);

    public AnnouncedDeletion {
        if (keyVersionId == null && cause != Cause.DESTROYED) {
            throw new IllegalArgumentException("material that goes has a version");
        }
    }

    /** Whether a line claims to be one; a torn one may claim so too. */
    public static boolean beginsLike(byte[] line) {
        return line.length >= BEGINNING.length
                && Arrays.equals(line, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
    }

    /** The entry that confirms it. */
    public DeletionLedgerEntry confirmed(long logIndex) {
        return new DeletionLedgerEntry(storeId, logIndex, cause, keyId, keyVersionId, at, eventId, eventDigest);
    }

    /** The canonical bytes: RFC 8785 JSON in UTF-8, without a line break. */
    public byte[] canonical() {
        return new CanonicalMembers.Writer()
                .put("announcement", FORMAT)
                .put("at", at)
                .put("cause", cause.toString())
                .put("eventDigest", eventDigest)
                .put("eventId", eventId)
                .put("keyId", keyId)
                .put("keyVersionId", keyVersionId)
                .put("storeId", storeId)
                .bytes();
    }

    /**
     * Reads canonical bytes back.
     *
     * @throws IllegalArgumentException if they are not, to the byte, the canonical form of an announcement of format 1
     */
    public static AnnouncedDeletion parse(byte[] canonical) {
        CanonicalMembers.Reader in = new CanonicalMembers.Reader(canonical);
        if (in.number("announcement") != FORMAT) {
            throw new IllegalArgumentException("an announced deletion of an unknown format");
        }
        AnnouncedDeletion read = new AnnouncedDeletion(
                in.text("storeId"),
                Cause.of(in.text("cause")),
                in.text("keyId"),
                in.optionalText("keyVersionId"),
                in.instantAt("at"),
                in.text("eventId"),
                in.text("eventDigest"));
        in.end();
        if (!Arrays.equals(read.canonical(), canonical)) {
            throw new IllegalArgumentException("not the canonical form");
        }
        return read;
    }
}
