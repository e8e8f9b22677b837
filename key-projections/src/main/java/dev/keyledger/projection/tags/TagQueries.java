package dev.keyledger.projection.tags;

import dev.keyledger.cmk.KeyId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads {@code key_tag}. As fresh as the last committed event. */
@Component
public class TagQueries {

    private final JdbcClient jdbc;

    TagQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All tags of a key, by tag key. */
    public List<KeyTag> of(KeyId keyId) {
        return jdbc.sql("select * from key_tag where key_id = :key order by tag_key")
                .param("key", keyId.asUuid())
                .query((row, number) -> tag(row))
                .list();
    }

    /**
     * Tags across keys, by key id and tag key.
     *
     * @param keys restricts to these keys; empty means all
     * @param wanted restricts to keys that carry all of these tags; an empty value matches any value; empty means all
     * @param after the last row of the previous page, or null
     * @param limit most rows to return
     */
    public List<KeyTag> list(List<KeyId> keys, Map<String, String> wanted, @Nullable KeyTag after, int limit) {
        return jdbc.sql("""
                        select t.* from key_tag t
                        where (cardinality(:keys::uuid[]) = 0 or t.key_id = any(:keys::uuid[]))
                          and (:afterKey::uuid is null or (t.key_id, t.tag_key) > (:afterKey::uuid, :afterTag::text))
                          and not exists (
                            select from unnest(:wantedKeys::text[], :wantedValues::text[]) as w (tag_key, tag_value)
                            where not exists (
                                select from key_tag o
                                where o.key_id = t.key_id and o.tag_key = w.tag_key
                                  and (w.tag_value = '' or o.tag_value = w.tag_value)))
                        order by t.key_id, t.tag_key
                        limit :limit
                        """)
                .param("keys", keys.stream().map(KeyId::value).toArray(String[]::new))
                .param("afterKey", after == null ? null : after.keyId().value())
                .param("afterTag", after == null ? null : after.tagKey())
                .param("wantedKeys", wanted.keySet().toArray(String[]::new))
                .param("wantedValues", wanted.values().toArray(String[]::new))
                .param("limit", limit)
                .query((row, number) -> tag(row))
                .list();
    }

    private static KeyTag tag(ResultSet row) throws SQLException {
        return new KeyTag(
                KeyId.of(row.getObject("key_id", UUID.class)), row.getString("tag_key"), row.getString("tag_value"));
    }
}
