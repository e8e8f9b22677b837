package dev.keyledger.projection.aliasindex;

import dev.keyledger.alias.AliasEvent.AliasCreated;
import dev.keyledger.alias.AliasEvent.AliasDeleted;
import dev.keyledger.alias.AliasEvent.AliasRepointed;
import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import java.util.List;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.axonframework.eventhandling.SequenceNumber;
import org.springframework.stereotype.Component;

/** Writes {@code alias}: one row per living alias. Consistency: the event's own transaction. Rebuild: one statement per event. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class AliasProjection implements TransactionalView {

    private final Writes writes;

    AliasProjection(Writes writes) {
        this.writes = writes;
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
        writes.add("delete from alias where alias_name = ?", event.name().value());
    }

    @Override
    public ViewTable table() {
        return new ViewTable("alias", "alias_name", List.of("alias_name"));
    }

    @ResetHandler
    @Override
    public void clear() {
        writes.add("delete from alias");
    }

    private void upsert(AliasName name, KeyId keyId, long version) {
        writes.add("""
                insert into alias (alias_name, key_id, version) values (?, ?, ?)
                on conflict (alias_name) do update set key_id = excluded.key_id, version = excluded.version
                """, name.value(), keyId.asUuid(), version);
    }
}
