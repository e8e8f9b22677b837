package dev.keyledger.evidence.bundle;

import dev.keyledger.evidence.AuditRecordForm;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What records say of each other, in the order of the log: record ids only grow; the changes of a key have growing versions. A use may have a
 * place behind a change that it did not see (ADR 0007); {@code keyStateVersions}, not the place, says what came first, and such uses are
 * counted. Keeps some hundred bytes for each key that is changed.
 */
final class RecordOrder {

    private static final int DIGEST_DIGITS = 64;

    private static final List<String> OUTCOMES =
            List.of("Success", "Refused", "Denied", "Unauthenticated", "Malformed", "Failed");

    /** The last change of a key, and where it is. */
    private record Change(long version, long logIndex) {}

    private final Map<String, Change> changes = new HashMap<>();
    private long lastRecordId = Long.MIN_VALUE;
    private long overtaken;
    private @Nullable Instant earliest;
    private @Nullable Instant latest;

    /**
     * Takes the next record.
     *
     * @return what is wrong with it; null for nothing
     */
    @Nullable
    String next(long logIndex, AuditRecordForm record) {
        String wrong = form(record);
        if (wrong == null && record.recordId() <= lastRecordId) {
            wrong = "its record id " + record.recordId() + " does not come after " + lastRecordId
                    + " of the record before it";
        }
        if (wrong == null) {
            wrong = versions(logIndex, record);
        }
        if (wrong == null) {
            lastRecordId = record.recordId();
            Instant time = record.time();
            earliest = earliest == null || time.isBefore(earliest) ? time : earliest;
            latest = latest == null || time.isAfter(latest) ? time : latest;
        }
        return wrong;
    }

    private static @Nullable String form(AuditRecordForm record) {
        if (!OUTCOMES.contains(record.outcome())) {
            return "it has an outcome that there is not";
        }
        for (String digest : record.eventDigests()) {
            if (!isDigest(digest)) {
                return "it has an event digest that is none";
            }
        }
        String digest = record.digest();
        return digest == null || isDigest(digest) ? null : "it has a digest that is none";
    }

    private static boolean isDigest(String text) {
        if (text.length() != DIGEST_DIGITS) {
            return false;
        }
        for (int i = 0; i < DIGEST_DIGITS; i++) {
            char c = text.charAt(i);
            if (!HexFormat.isHexDigit(c) || Character.isUpperCase(c)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String versions(long logIndex, AuditRecordForm record) {
        if (changesOneKey(record)) {
            String key = record.keyIds().get(0);
            long version = record.keyStateVersions().get(0);
            Change before = changes.get(key);
            if (before != null && version <= before.version) {
                return "it changes key " + key + " to version " + version + ", which record " + before.logIndex
                        + " had led to version " + before.version + " before";
            }
            changes.put(key, new Change(version, logIndex));
        } else if (record.eventIds().isEmpty()) {
            for (int i = 0; i < record.keyIds().size(); i++) {
                Change before = changes.get(record.keyIds().get(i));
                if (before != null && record.keyStateVersions().get(i) < before.version) {
                    overtaken++;
                    break;
                }
            }
        }
        return null;
    }

    /** The events of an operation on an alias are the alias's: it saw its key and did not change it. */
    private static boolean changesOneKey(AuditRecordForm record) {
        return record.keyIds().size() == 1
                && !record.eventIds().isEmpty()
                && !record.action().endsWith("Alias");
    }

    /** Records that have a place behind a change they did not see. */
    long overtaken() {
        return overtaken;
    }

    @Nullable
    Instant earliest() {
        return earliest;
    }

    @Nullable
    Instant latest() {
        return latest;
    }
}
