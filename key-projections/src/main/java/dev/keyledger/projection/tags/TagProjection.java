package dev.keyledger.projection.tags;

import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.projection.TransactionalView;
import dev.keyledger.projection.ViewTable;
import dev.keyledger.projection.Writes;
import java.util.List;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.springframework.stereotype.Component;

/** Writes {@code key_tag}. Consistency: the event's own transaction. Rebuild: at most two statements per event. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class TagProjection implements TransactionalView {

    private final Writes writes;

    TagProjection(Writes writes) {
        this.writes = writes;
    }

    @EventHandler
    void on(KeyTagsChanged event) {
        if (!event.removed().isEmpty()) {
            writes.add(
                    "delete from key_tag where key_id = ? and tag_key = any (?::text[])",
                    event.keyId().asUuid(),
                    event.removed().toArray(String[]::new));
        }
        if (!event.set().isEmpty()) {
            writes.add(
                    """
                    insert into key_tag (key_id, tag_key, tag_value) select ?, * from unnest(?::text[], ?::text[])
                    on conflict (key_id, tag_key) do update set tag_value = excluded.tag_value
                    """,
                    event.keyId().asUuid(),
                    event.set().keySet().toArray(String[]::new),
                    event.set().values().toArray(String[]::new));
        }
    }

    @EventHandler
    void on(KeyDestroyed event) {
        writes.add("delete from key_tag where key_id = ?", event.keyId().asUuid());
    }

    @Override
    public ViewTable table() {
        return new ViewTable("key_tag", "key_id", List.of("key_id", "tag_key"));
    }

    @ResetHandler
    @Override
    public void clear() {
        writes.add("delete from key_tag");
    }
}
