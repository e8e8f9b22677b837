package dev.keyledger.projection.keyversion;

import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
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

/** Writes {@code key_version}: one row per version. Consistency: the event's own transaction. Rebuild: one statement per event. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class KeyVersionProjection implements TransactionalView {

    private final Writes writes;

    KeyVersionProjection(Writes writes) {
        this.writes = writes;
    }

    @EventHandler
    void on(KeyCreated event) {
        if (event.primaryVersion() != null) {
            insert(event.keyId(), event.primaryVersion(), event.at());
        }
    }

    /** The first import makes the version; a later one finds it there. */
    @EventHandler
    void on(KeyMaterialImported event) {
        insert(event.keyId(), event.versionId(), event.at());
    }

    @EventHandler
    void on(KeyDestroyed event) {
        writes.add("delete from key_version where key_id = ?", event.keyId().asUuid());
    }

    @Override
    public ViewTable table() {
        return new ViewTable("key_version", "key_id", List.of("version_id"));
    }

    @ResetHandler
    @Override
    public void clear() {
        writes.add("delete from key_version");
    }

    private void insert(KeyId keyId, KeyVersionId versionId, Instant at) {
        writes.add(
                "insert into key_version (version_id, key_id, created_at) values (?, ?, ?) on conflict do nothing",
                versionId.value(),
                keyId.asUuid(),
                SqlTime.of(at));
    }
}
