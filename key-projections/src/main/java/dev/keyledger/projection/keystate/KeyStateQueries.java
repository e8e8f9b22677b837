package dev.keyledger.projection.keystate;

import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyState;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.cmk.Origin;
import dev.keyledger.projection.Page;
import dev.keyledger.projection.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads {@code key_state} at the present instant of store time. As fresh as the last committed event. */
@Component
public class KeyStateQueries {

    private static final String SUMMARY = """
            select k.*, v.created_at as primary_version_at, n.at as read_at,
                effective_state(k.state, k.expires_at, n.at) as effective_state
            from (select keyledger_now() as at) n, key_state k
            left join key_version v on v.version_id = k.primary_version
            """;

    private final JdbcClient jdbc;

    KeyStateQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The key, unless it never existed or was destroyed. */
    public Optional<KeySummary> find(KeyId keyId) {
        return jdbc.sql(SUMMARY + " where k.key_id = :key")
                .param("key", keyId.asUuid())
                .query((row, number) -> summary(row))
                .optional();
    }

    /** The key's present state, with its row locked against changes until the caller's transaction ends. */
    public Optional<KeyState> lockState(KeyId keyId) {
        return jdbc.sql(
                        "select effective_state(state, expires_at, keyledger_now()) from key_state where key_id = :key for share")
                .param("key", keyId.asUuid())
                .query(String.class)
                .optional()
                .map(KeyState::ofWireName);
    }

    /** Marks are walked to the last one before the page; from there on the index. Everything is seen at one instant. */
    private static final String LIST_ALL = """
            with mark as materialized (
                select created_at, key_id, sum(keys) over (order by created_at, key_id) as before from key_listing_mark),
            start as materialized (
                select * from (
                    select created_at, key_id, before from mark where before <= :offset
                    union all select '-infinity', '00000000-0000-0000-0000-000000000000', 0) s
                order by created_at desc, key_id desc limit 1),
            last as materialized (
                select * from (
                    select created_at, key_id, before from mark
                    union all select '-infinity', '00000000-0000-0000-0000-000000000000', 0) l
                order by created_at desc, key_id desc limit 1)
            select (select before from last) + (
                    select count(*) from (
                        select from key_state
                        where (created_at, key_id) >= ((select created_at from last), (select key_id from last))
                        order by created_at, key_id offset 0) uncounted) as total,
                p.key_id
            from (values (1)) as one
            left join lateral (
                select created_at, key_id from key_state
                where (created_at, key_id) >= ((select created_at from start), (select key_id from start))
                order by created_at, key_id
                offset (select :offset - before from start) limit :size) p on true
            order by p.created_at, p.key_id
            """;

    /**
     * One page of all keys, oldest first.
     *
     * @param filter restricts the listing; see {@link KeyFilter#NONE}. A restricted listing is counted key by key
     */
    public Page<KeyId> list(KeyFilter filter, Page.Request page) {
        return filter.equals(KeyFilter.NONE) ? listAll(page) : listSome(filter, page);
    }

    private Page<KeyId> listAll(Page.Request page) {
        int[] total = new int[1];
        List<KeyId> keys = new ArrayList<>();
        jdbc.sql(LIST_ALL)
                .param("offset", page.offset())
                .param("size", page.size())
                .query(row -> {
                    total[0] = row.getInt("total");
                    UUID key = row.getObject("key_id", UUID.class);
                    // A page beyond the end is one row without a key.
                    if (key != null) {
                        keys.add(KeyId.of(key));
                    }
                });
        return new Page<>(keys, total[0]);
    }

    private Page<KeyId> listSome(KeyFilter filter, Page.Request page) {
        String where = """
                 from key_state
                where (:states::text[] is null or effective_state(state, expires_at, keyledger_now()) = any(:states::text[]))
                  and (:specs::text[] is null or key_spec = any(:specs::text[]))
                  and (:usages::text[] is null or key_usage = any(:usages::text[]))
                  and (:levels::text[] is null or protection_level = any(:levels::text[]))
                """;
        int total =
                filtered("select count(*)" + where, filter).query(Integer.class).single();
        List<KeyId> keys = filtered(
                        "select key_id" + where + " order by created_at, key_id limit :size offset :offset", filter)
                .param("size", page.size())
                .param("offset", page.offset())
                .query((row, number) -> KeyId.of(row.getObject(1, UUID.class)))
                .list();
        return new Page<>(keys, total);
    }

    private JdbcClient.StatementSpec filtered(String sql, KeyFilter filter) {
        return jdbc.sql(sql)
                .param("states", array(filter.states()))
                .param("specs", array(filter.specs()))
                .param("usages", array(filter.usages()))
                .param("levels", array(filter.protectionLevels()));
    }

    private static String @Nullable [] array(@Nullable Collection<String> values) {
        return values == null ? null : values.toArray(String[]::new);
    }

    /** A key from a row with all columns of {@code key_state}, {@code primary_version_at}, {@code read_at} and {@code effective_state}. */
    public static KeySummary summary(ResultSet row) throws SQLException {
        KeyState state = KeyState.ofWireName(row.getString("effective_state"));
        var expiresAt = SqlTime.readNullable(row, "expires_at");
        boolean present = expiresAt == null || expiresAt.isAfter(SqlTime.read(row, "read_at"));
        return new KeySummary(
                KeyId.of(row.getObject("key_id", UUID.class)),
                row.getLong("version"),
                state,
                Origin.ofWireName(row.getString("origin")),
                row.getString("key_spec"),
                row.getString("key_usage"),
                row.getString("protection_level"),
                row.getString("description"),
                row.getString("creator"),
                SqlTime.read(row, "created_at"),
                versionId(row, "primary_version"),
                SqlTime.readNullable(row, "primary_version_at"),
                present ? versionId(row, "material_version") : null,
                present ? expiresAt : null,
                SqlTime.readNullable(row, "delete_at"),
                row.getBoolean("deletion_protection"),
                row.getString("deletion_protection_description"));
    }

    private static @Nullable KeyVersionId versionId(ResultSet row, String column) throws SQLException {
        UUID value = row.getObject(column, UUID.class);
        return value == null ? null : new KeyVersionId(value);
    }
}
