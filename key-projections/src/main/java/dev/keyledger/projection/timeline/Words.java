package dev.keyledger.projection.timeline;

import dev.keyledger.cmk.KeyEvent;
import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.ImportParametersIssued;
import dev.keyledger.cmk.KeyEvent.ImportTokenExhausted;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyDisabled;
import dev.keyledger.cmk.KeyEvent.KeyEnabled;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.cmk.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One sentence for each kind of event. English; not a format, and better words may come. */
final class Words {

    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSS 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    static String instant(Instant at) {
        return INSTANT.format(at);
    }

    static String expired(Instant at) {
        return "The material expired at " + instant(at) + " and could not be used from then on.";
    }

    static String of(KeyEvent event) {
        if (event instanceof KeyCreated created) {
            return created.origin() == Origin.EXTERNAL
                    ? "The key was created and waits for its owner's material."
                    : "The key was created with material made by the service.";
        } else if (event instanceof KeyDescriptionChanged changed) {
            return changed.description().isEmpty()
                    ? "The description was removed."
                    : "The description became \"" + changed.description() + "\".";
        } else if (event instanceof KeyEnabled) {
            return "The key was enabled.";
        } else if (event instanceof KeyDisabled) {
            return "The key was disabled.";
        } else if (event instanceof KeyTagsChanged changed) {
            return tags(changed);
        } else if (event instanceof DeletionProtectionChanged changed) {
            String why = changed.description().isEmpty() ? "." : ": \"" + changed.description() + "\".";
            return changed.enabled()
                    ? "Deletion protection was switched on" + why
                    : "Deletion protection was switched off.";
        } else if (event instanceof ImportParametersIssued issued) {
            return "A wrapping key (" + issued.wrappingKeySpec() + ", " + issued.wrappingAlgorithm()
                    + ") and an import token were handed out, valid until " + instant(issued.expiresAt()) + ".";
        } else if (event instanceof ImportTokenExhausted) {
            return "An import token had too many failed imports and is void.";
        } else if (event instanceof KeyMaterialImported imported) {
            return imported.expiresAt() == null
                    ? "Material was imported and never expires."
                    : "Material was imported and expires at " + instant(imported.expiresAt()) + ".";
        } else if (event instanceof KeyMaterialDeleted) {
            return "The imported material was deleted by its owner.";
        } else if (event instanceof KeyMaterialExpired expired) {
            return expired(expired.expiredAt());
        } else if (event instanceof KeyDeletionScheduled scheduled) {
            return "Deletion was scheduled; the key is destroyed after " + instant(scheduled.deleteAt())
                    + " unless that is cancelled.";
        } else if (event instanceof KeyExpiryNear near) {
            return "Notice: the material expires within " + words(near.notice()) + ", at " + instant(near.expiresAt())
                    + ".";
        } else if (event instanceof KeyDeletionNear near) {
            return "Notice: the key is destroyed within " + words(near.notice()) + ", after " + instant(near.deleteAt())
                    + ", unless that is cancelled.";
        } else if (event instanceof KeyDeletionCancelled) {
            return "The scheduled deletion was cancelled.";
        } else if (event instanceof KeyDestroyed) {
            return "The key was destroyed, with its material, for ever.";
        }
        throw new IllegalArgumentException("no words for " + event.getClass().getSimpleName());
    }

    /** In the unit of its text: 30 days, 36 hours, 90 minutes. */
    private static String words(NoticePeriod period) {
        Duration length = period.length();
        if (length.toMinutes() % 1_440 == 0) {
            return count(length.toDays(), "day");
        }
        return length.toMinutes() % 60 == 0 ? count(length.toHours(), "hour") : count(length.toMinutes(), "minute");
    }

    private static String count(long number, String unit) {
        return number == 1 ? "1 " + unit : number + " " + unit + "s";
    }

    private static String tags(KeyTagsChanged changed) {
        String set = new TreeMap<>(changed.set())
                .entrySet().stream()
                        .map(tag -> tag.getKey() + "=\"" + tag.getValue() + "\"")
                        .collect(Collectors.joining(", "));
        String removed = changed.removed().stream().sorted().collect(Collectors.joining(", "));
        if (removed.isEmpty()) {
            return "Tags were set: " + set + ".";
        }
        return set.isEmpty()
                ? "Tags were removed: " + removed + "."
                : "Tags were set: " + set + "; and removed: " + removed + ".";
    }
}
