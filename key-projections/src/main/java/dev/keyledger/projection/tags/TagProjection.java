package dev.keyledger.projection.tags;

import dev.keyledger.cmk.KeyEvent.KeyDestroyed;
import dev.keyledger.cmk.KeyEvent.KeyTagsChanged;
import dev.keyledger.projection.TransactionalView;
import org.axonframework.config.ProcessingGroup;
import org.axonframework.eventhandling.EventHandler;
import org.axonframework.eventhandling.ResetHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes {@code key_tag}. Consistency: the event's own transaction. Rebuild: one statement per changed tag. */
@Component
@ProcessingGroup(TransactionalView.GROUP)
public class TagProjection implements TransactionalView {

    private final JdbcClient jdbc;

    TagProjection(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @EventHandler
    void on(KeyTagsChanged event) {
        event.removed()
                .forEach(tag -> jdbc.sql("delete from key_tag where key_id = :key and tag_key = :tag")
                        .param("key", event.keyId().asUuid())
                        .param("tag", tag)
                        .update());
        event.set()
                .forEach((tag, value) -> jdbc.sql("""
                                insert into key_tag (key_id, tag_key, tag_value) values (:key, :tag, :value)
                                on conflict (key_id, tag_key) do update set tag_value = excluded.tag_value
                                """)
                        .param("key", event.keyId().asUuid())
                        .param("tag", tag)
                        .param("value", value)
                        .update());
    }

    @EventHandler
    void on(KeyDestroyed event) {
        jdbc.sql("delete from key_tag where key_id = :key")
                .param("key", event.keyId().asUuid())
                .update();
    }

    @ResetHandler
    @Override
    public void clear() {
        jdbc.sql("delete from key_tag").update();
    }
}
