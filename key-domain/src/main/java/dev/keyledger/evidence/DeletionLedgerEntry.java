package dev.keyledger.evidence;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the deletion ledger, which is kept outside the database so that a restored back-up cannot bring back what was destroyed: format
 * 1, ADR 0008. It says what was destroyed and by which fact, and nothing secret.
 *
 * @param storeId UUID of the store; one ledger may serve several
 * @param logIndex index in the audit log of the record that covers the event
 * @param cause why the material is gone
 * @param keyId the key
 * @param keyVersionId the version whose material is gone; null for a destroyed key that never had material
 * @param at store time of the event, milliseconds
 * @param eventId identifier of the event
 * @param eventDigest its digest as in the audit record, lower-case hexadecimal
 */
public record DeletionLedgerEntry(
        String storeId,
        long logIndex,
        Cause cause,
        String keyId,
        @Nullable String keyVersionId,
        Instant at,
        String eventId,
        String eventDigest) {

    /** The only format so far. */
    public static final int FORMAT = 1;

    /** Why material is gone, in the spelling of the entry. */
    public enum Cause {
        /** Its owner deleted it. */
        DELETED,
        /** Its time was over. */
        EXPIRED,
        /** The key was destroyed. */
        DESTROYED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Cause of(String text) {
            return Arrays.stream(values())
                    .filter(cause -> cause.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("an unknown cause"));
        }
    }

    public DeletionLedgerEntry {
        if (keyVersionId == null && cause != Cause.DESTROYED) {
            throw new IllegalArgumentException("material that is gone had a version");
        }
    }

    /** The canonical bytes: RFC 8785 JSON in UTF-8, without a line break. */
    public byte[] canonical() {
        return new CanonicalMembers.Writer()
                .put("at", at)
                .put("cause", cause.toString())
                .put("eventDigest", eventDigest)
                .put("eventId", eventId)
                .put("format", FORMAT)
                .put("keyId", keyId)
                .put("keyVersionId", keyVersionId)
                .put("logIndex", logIndex)
                .put("storeId", storeId)
                .bytes();
    }

    /**
     * Reads canonical bytes back.
     *
     * @throws IllegalArgumentException if they are not, to the byte, the canonical form of an entry of format 1
     */
    public static DeletionLedgerEntry parse(byte[] canonical) {
        CanonicalMembers.Reader in = new CanonicalMembers.Reader(canonical);
        if (in.number("format") != FORMAT) {
            throw new IllegalArgumentException("a deletion ledger entry of an unknown format");
        }
        DeletionLedgerEntry entry = new DeletionLedgerEntry(
                in.text("storeId"),
                in.number("logIndex"),
                Cause.of(in.text("cause")),
                in.text("keyId"),
                in.optionalText("keyVersionId"),
                in.instantAt("at"),
                in.text("eventId"),
                in.text("eventDigest"));
        in.end();
        if (!Arrays.equals(entry.canonical(), canonical)) {
            throw new IllegalArgumentException("not the canonical form");
        }
        return entry;
    }
}
