package dev.keyledger.cmk;

import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a key's future.
 *
 * @param expiry of its material; null if it has none that expires
 * @param deletion null unless pending deletion
 */
record DueDates(@Nullable DueDate expiry, @Nullable DueDate deletion) {

    /** A key to which nothing happens by itself. */
    static final DueDates NONE = new DueDates(null, null);

    /** The dates after one more event of the key, these if the event is about something else. */
    DueDates after(KeyEvent event) {
        if (event instanceof KeyMaterialImported imported) {
            return withExpiry(
                    imported.expiresAt() == null ? null : DueDate.set(expiry, imported.expiresAt(), imported.at()));
        } else if (event instanceof KeyMaterialDeleted || event instanceof KeyMaterialExpired) {
            return withExpiry(null);
        } else if (event instanceof KeyExpiryNear near) {
            return withExpiry(expiry == null ? null : expiry.noticed(near.notice()));
        } else if (event instanceof KeyDeletionScheduled scheduled) {
            return withDeletion(DueDate.set(deletion, scheduled.deleteAt(), scheduled.at()));
        } else if (event instanceof KeyDeletionCancelled) {
            return withDeletion(null);
        } else if (event instanceof KeyDeletionNear near) {
            return withDeletion(deletion == null ? null : deletion.noticed(near.notice()));
        } else if (event instanceof KeyDestroyed) {
            return NONE;
        }
        return this;
    }

    private DueDates withExpiry(@Nullable DueDate date) {
        return new DueDates(date, deletion);
    }

    private DueDates withDeletion(@Nullable DueDate date) {
        return new DueDates(expiry, date);
    }
}
