package dev.keyledger.projection.keyversion;

import dev.keyledger.cmk.KeyEvent.KeyCreated;
import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyMaterialImported;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.projection.SqlTime;
import dev.keyledger.projection.TransactionalView;
import java.time.Instant;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes {@code key_version}: one row per version. Consistency: the event's own transaction. Rebuild: one statement per event. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class KeyVersionProjection implements TransactionalView {

    private final JdbcClient jdbc;

    KeyVersionProjection(JdbcClient jdbc) {
        this.jdbc = jdbc;
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
        jdbc.sql("delete from key_version where key_id = :key")
                .param("key", event.keyId().asUuid())
                .update();
    }

    @ResetHandler
    @Override
    public void clear() {
        jdbc.sql("delete from key_version").update();
    }

    private void insert(KeyId keyId, KeyVersionId versionId, Instant at) {
        jdbc.sql(
                        "insert into key_version (version_id, key_id, created_at) values (:version, :key, :at) on conflict do nothing")
                .param("version", versionId.value())
                .param("key", keyId.asUuid())
                .param("at", SqlTime.of(at))
                .update();
    }
}
