package dev.keyledger.projection.notices;

import dev.keyledger.cmk.KeyEvent.KeyDeletionCancelled;
import dev.keyledger.cmk.KeyEvent.KeyDeletionNear;
import dev.keyledger.cmk.KeyEvent.KeyDeletionScheduled;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyExpiryNear;
import dev.keyledger.cmk.KeyEvent.KeyMaterialDeleted;
import dev.keyledger.cmk.KeyEvent.KeyMaterialExpired;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.NoticePeriod;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import java.time.Instant;
import java.util.List;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.springframework.stereotype.Component;

/**
 * Writes {@code key_notice}: one row for each date in a key's future, with the instant up to which notices of it are settled. The ladder is not in
 * it, so it may change without the rows. Consistency: the event's own transaction. Rebuild: one statement per event, in order per key.
 */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class KeyNoticeProjection implements TransactionalView {

    static final String EXPIRY = "expiry";
    static final String DELETION = "deletion";

    private final Writes writes;

    KeyNoticeProjection(Writes writes) {
        this.writes = writes;
    }

    @EventHandler
    void on(KeyMaterialImported event) {
        if (event.expiresAt() == null) {
            remove(event.keyId(), EXPIRY);
        } else {
            set(event.keyId(), EXPIRY, event.expiresAt(), event.at());
        }
    }

    @EventHandler
    void on(KeyMaterialDeleted event) {
        remove(event.keyId(), EXPIRY);
    }

    @EventHandler
    void on(KeyMaterialExpired event) {
        remove(event.keyId(), EXPIRY);
    }

    @EventHandler
    void on(KeyExpiryNear event) {
        settle(event.keyId(), EXPIRY, event.expiresAt(), event.notice());
    }

    @EventHandler
    void on(KeyDeletionScheduled event) {
        set(event.keyId(), DELETION, event.deleteAt(), event.at());
    }

    @EventHandler
    void on(KeyDeletionCancelled event) {
        remove(event.keyId(), DELETION);
    }

    @EventHandler
    void on(KeyDeletionNear event) {
        settle(event.keyId(), DELETION, event.deleteAt(), event.notice());
    }

    @EventHandler
    void on(KeyDestroyed event) {
        writes.add("delete from key_notice where key_id = ?", event.keyId().asUuid());
    }

    @Override
    public ViewTable table() {
        return new ViewTable("key_notice", "key_id", List.of("key_id", "kind"));
    }

    @ResetHandler
    @Override
    public void clear() {
        writes.add("delete from key_notice");
    }

    /** The same date set again stays as silent as it was, as the key itself sees it. */
    private void set(KeyId keyId, String kind, Instant due, Instant at) {
        writes.add("""
                insert into key_notice as before (key_id, kind, due_at, silent_until) values (?, ?, ?, ?)
                on conflict (key_id, kind) do update set due_at = excluded.due_at,
                    silent_until = case before.due_at when excluded.due_at
                        then greatest(before.silent_until, excluded.silent_until) else excluded.silent_until end
                """, keyId.asUuid(), kind, SqlTime.of(due), SqlTime.of(at));
    }

    private void settle(KeyId keyId, String kind, Instant due, NoticePeriod notice) {
        writes.add(
                "update key_notice set silent_until = ? where key_id = ? and kind = ?",
                SqlTime.of(due.minus(notice.length())),
                keyId.asUuid(),
                kind);
    }

    private void remove(KeyId keyId, String kind) {
        writes.add("delete from key_notice where key_id = ? and kind = ?", keyId.asUuid(), kind);
    }
}
