package dev.keyledger.projection.aliasindex;

import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.TransactionalView;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.axonframework.eventhandling.SequenceNumber;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes {@code alias}: one row per living alias. Consistency: the event's own transaction. Rebuild: one statement per event. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class AliasProjection implements TransactionalView {

    private final JdbcClient jdbc;

    AliasProjection(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @EventHandler
    void on(AliasCreated event, @SequenceNumber long version) {
        upsert(event.name(), event.keyId(), version);
    }

    @EventHandler
    void on(AliasRepointed event, @SequenceNumber long version) {
        upsert(event.name(), event.keyId(), version);
    }

    @EventHandler
    void on(AliasDeleted event) {
        jdbc.sql("delete from alias where alias_name = :name")
                .param("name", event.name().value())
                .update();
    }

    @ResetHandler
    @Override
    public void clear() {
        jdbc.sql("delete from alias").update();
    }

    private void upsert(AliasName name, KeyId keyId, long version) {
        jdbc.sql("""
                        insert into alias (alias_name, key_id, version) values (:name, :key, :version)
                        on conflict (alias_name) do update set key_id = excluded.key_id, version = excluded.version
                        """)
                .param("name", name.value())
                .param("key", keyId.asUuid())
                .param("version", version)
                .update();
    }
}
