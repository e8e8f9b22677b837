package dev.keyledger.api.adapter.journal;

import dev.keyledger.evidence.AuditRecordForm;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** From the columns of audit records to the form in which they are proved (ADR 0007). Reads whatever has been committed. */
@Component
public class AuditRecordReader {

    /** The table's columns in its own order, for whoever reads many records; with null for the empty arrays that nearly all of them have. */
    public static final String COLUMNS = """
            record_id, recorded_at, format, node, request_id, principal, access_key_id, auth_method, replay_protected, source_ip,
            user_agent, action, key_ids, key_state_versions, key_version_id, alias_used, outcome, error_code, reason, caller_reason,
            context, destination_context, digest, input_size, output_size, nullif(event_ids, '{}'), nullif(event_digests, '{}'),
            policy_id, weak_material, unrecoverable_after""";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, String>> PAIRS = new TypeReference<>() {};

    private final JdbcClient jdbc;

    AuditRecordReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The records of one request: one, unless a loss of the database made its outcome unknown. */
    public List<AuditRecordForm> ofRequest(UUID requestId) {
        return jdbc.sql("select * from audit_record where request_id = :request order by record_id")
                .param("request", requestId)
                .query((row, number) -> form(row))
                .list();
    }

    /** The record of a row with all columns of {@code audit_record} in the table's order, and perhaps others before and behind them. */
    public static AuditRecordForm form(ResultSet row) throws SQLException {
        return form(row, row.findColumn("record_id"));
    }

    /**
     * The same where it is known at which place the columns begin. Columns are read by place, because every record of the log is read so once.
     *
     * @param first place of {@code record_id}
     */
    public static AuditRecordForm form(ResultSet row, int first) throws SQLException {
        if (row.getInt(first + 2) != AuditRecordForm.FORMAT) {
            throw new IllegalStateException("an audit record of format " + row.getInt(first + 2));
        }
        return new AuditRecordForm(
                row.getLong(first),
                row.getObject(first + 1, OffsetDateTime.class).toInstant(),
                row.getString(first + 3),
                row.getString(first + 4),
                row.getString(first + 5),
                row.getString(first + 6),
                row.getString(first + 7),
                row.getBoolean(first + 8),
                row.getString(first + 9),
                row.getString(first + 10),
                row.getString(first + 11),
                keyIds(row, first + 12),
                array(row, first + 13, Long.class, version -> version),
                row.getString(first + 14),
                row.getString(first + 15),
                row.getString(first + 16),
                row.getString(first + 17),
                row.getString(first + 18),
                row.getString(first + 19),
                pairs(row.getString(first + 20)),
                pairs(row.getString(first + 21)),
                hex(row.getBytes(first + 22)),
                row.getObject(first + 23, Integer.class),
                row.getObject(first + 24, Integer.class),
                array(row, first + 25, String.class, id -> id),
                array(row, first + 26, byte[].class, digest -> Objects.requireNonNull(hex(digest))),
                row.getString(first + 27),
                row.getString(first + 28),
                instant(row.getObject(first + 29, OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime at) {
        return at == null ? null : at.toInstant();
    }

    private static Map<String, String> pairs(@Nullable String json) {
        return json == null ? Map.of() : JSON.readValue(json, PAIRS);
    }

    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    /** The driver reads arrays of UUIDs as text, and nearly all records have none or one. */
    private static List<String> keyIds(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        if (text.equals("{}")) {
            return List.of();
        }
        // An identity and its braces; of more dimensions than one there would be more braces.
        return text.length() == 38 && text.charAt(1) != '{'
                ? List.of(text.substring(1, 37))
                : array(row, column, UUID.class, UUID::toString);
    }

    /** Empty also for null, as {@link #COLUMNS} has empty arrays. */
    private static <E, R> List<R> array(ResultSet row, int column, Class<E> type, Function<E, R> each)
            throws SQLException {
        Array array = row.getArray(column);
        if (array == null) {
            return List.of();
        }
        Object[] elements = (Object[]) array.getArray();
        List<R> all = new ArrayList<>(elements.length);
        for (Object element : elements) {
            all.add(each.apply(type.cast(element)));
        }
        return all;
    }
}
