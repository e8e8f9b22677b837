package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyEvent.DeletionProtectionChanged;
import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDescriptionChanged;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a key's events so far come to, for whoever looks at the key: everything that a description of it shows. Immutable and pure; what is in
 * effect at an instant is asked of {@link #at}, because material expires without an event.
 *
 * @param created the first event, of which much never changes
 * @param lifecycle as recorded by the events
 * @param deletionProtectionDescription empty if the protection is off
 * @param primaryVersion the key's one version; null before the first import
 * @param primaryVersionAt when it was made
 * @param tags by tag key
 * @param destroyed whether the key is gone; then the rest says what it was
 */
public record KeyFold(
        KeyCreated created,
        KeyLifecycle lifecycle,
        String description,
        boolean deletionProtected,
        String deletionProtectionDescription,
        @Nullable KeyVersionId primaryVersion,
        @Nullable Instant primaryVersionAt,
        Map<String, String> tags,
        boolean destroyed) {

    public KeyFold {
        tags = Map.copyOf(tags);
    }

    /** A key of which the first event is known. */
    public static KeyFold of(KeyCreated created) {
        return new KeyFold(
                created,
                KeyLifecycle.created(created.origin()),
                created.description(),
                false,
                "",
                created.primaryVersion(),
                created.primaryVersion() == null ? null : created.at(),
                Map.of(),
                false);
    }

    /** One event more. */
    public KeyFold after(KeyEvent event) {
        KeyLifecycle next = lifecycle.after(event);
        if (event instanceof KeyDescriptionChanged changed) {
            return with(next, changed.description(), deletionProtected, deletionProtectionDescription);
        } else if (event instanceof DeletionProtectionChanged changed) {
            return with(next, description, changed.enabled(), changed.description());
        } else if (event instanceof KeyMaterialImported imported && primaryVersion == null) {
            return new KeyFold(
                    created,
                    next,
                    description,
                    deletionProtected,
                    deletionProtectionDescription,
                    imported.versionId(),
                    imported.at(),
                    tags,
                    destroyed);
        } else if (event instanceof KeyTagsChanged changed) {
            Map<String, String> all = new TreeMap<>(tags);
            all.keySet().removeAll(changed.removed());
            all.putAll(changed.set());
            return new KeyFold(
                    created,
                    next,
                    description,
                    deletionProtected,
                    deletionProtectionDescription,
                    primaryVersion,
                    primaryVersionAt,
                    all,
                    destroyed);
        } else if (event instanceof KeyDestroyed) {
            return new KeyFold(
                    created,
                    next,
                    description,
                    deletionProtected,
                    deletionProtectionDescription,
                    primaryVersion,
                    primaryVersionAt,
                    tags,
                    true);
        }
        return with(next, description, deletionProtected, deletionProtectionDescription);
    }

    /** The life cycle in effect at an instant. */
    public KeyLifecycle at(Instant instant) {
        return lifecycle.at(instant);
    }

    private KeyFold with(KeyLifecycle next, String text, boolean protection, String protectionText) {
        return new KeyFold(
                created, next, text, protection, protectionText, primaryVersion, primaryVersionAt, tags, destroyed);
    }
}
