package dev.keyledger.projection.aliasindex;

import dev.keyledger.alias.AliasName;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.projection.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads {@code alias}. As fresh as the last committed event. */
@Component
public class AliasQueries {

    private final JdbcClient jdbc;

    AliasQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The key that an alias names. */
    public Optional<KeyId> target(AliasName name) {
        return jdbc.sql("select key_id from alias where alias_name = :name")
                .param("name", name.value())
                .query((row, number) -> KeyId.of(row.getObject(1, UUID.class)))
                .optional();
    }

    /** Every alias of a key, by name. */
    public List<AliasName> namesOf(KeyId keyId) {
        return jdbc.sql("select alias_name from alias where key_id = :key order by alias_name")
                .param("key", keyId.asUuid())
                .query((row, number) -> new AliasName(row.getString(1)))
                .list();
    }

    /** One page of all aliases, by name. */
    public Page<AliasEntry> list(Page.Request page) {
        int total = jdbc.sql("select count(*) from alias").query(Integer.class).single();
        return new Page<>(
                jdbc.sql("select * from alias order by alias_name limit :size offset :offset")
                        .param("size", page.size())
                        .param("offset", page.offset())
                        .query((row, number) -> entry(row))
                        .list(),
                total);
    }

    /** One page of a key's aliases, by name. */
    public Page<AliasEntry> listOf(KeyId keyId, Page.Request page) {
        int total = jdbc.sql("select count(*) from alias where key_id = :key")
                .param("key", keyId.asUuid())
                .query(Integer.class)
                .single();
        return new Page<>(
                jdbc.sql("select * from alias where key_id = :key order by alias_name limit :size offset :offset")
                        .param("key", keyId.asUuid())
                        .param("size", page.size())
                        .param("offset", page.offset())
                        .query((row, number) -> entry(row))
                        .list(),
                total);
    }

    private static AliasEntry entry(ResultSet row) throws SQLException {
        return new AliasEntry(
                new AliasName(row.getString("alias_name")), KeyId.of(row.getObject("key_id", UUID.class)));
    }
}
