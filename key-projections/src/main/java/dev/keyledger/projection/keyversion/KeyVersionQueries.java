package dev.keyledger.projection.keyversion;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads {@code key_version}. As fresh as the last committed event. */
@Component
public class KeyVersionQueries {

    private final JdbcClient jdbc;

    KeyVersionQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** One page of a key's versions, oldest first. */
    public Page<KeyVersion> list(KeyId keyId, Page.Request page) {
        int total = jdbc.sql("select count(*) from key_version where key_id = :key")
                .param("key", keyId.asUuid())
                .query(Integer.class)
                .single();
        return new Page<>(
                jdbc.sql(
                                "select * from key_version where key_id = :key order by created_at, version_id limit :size offset :offset")
                        .param("key", keyId.asUuid())
                        .param("size", page.size())
                        .param("offset", page.offset())
                        .query((row, number) -> version(row))
                        .list(),
                total);
    }

    /** The version, if it is one of this key. */
    public Optional<KeyVersion> find(KeyId keyId, KeyVersionId versionId) {
        return jdbc.sql("select * from key_version where key_id = :key and version_id = :version")
                .param("key", keyId.asUuid())
                .param("version", versionId.value())
                .query((row, number) -> version(row))
                .optional();
    }

    private static KeyVersion version(ResultSet row) throws SQLException {
        return new KeyVersion(
                KeyId.of(row.getObject("key_id", UUID.class)),
                new KeyVersionId(row.getObject("version_id", UUID.class)),
                SqlTime.read(row, "created_at"));
    }
}
