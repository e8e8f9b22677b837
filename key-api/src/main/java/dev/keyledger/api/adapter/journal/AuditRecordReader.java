package dev.keyledger.api.adapter.journal;

import dev.keyledger.evidence.AuditRecordForm;
import dev.keyledger.projection.SqlTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
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

    /** The record of a row with all columns of {@code audit_record}. */
    public static AuditRecordForm form(ResultSet row) throws SQLException {
        if (row.getInt("format") != AuditRecordForm.FORMAT) {
            throw new IllegalStateException("an audit record of format " + row.getInt("format"));
        }
        return new AuditRecordForm(
                row.getLong("record_id"),
                SqlTime.read(row, "recorded_at"),
                row.getString("node"),
                row.getString("request_id"),
                row.getString("principal"),
                row.getString("access_key_id"),
                row.getString("auth_method"),
                row.getBoolean("replay_protected"),
                row.getString("source_ip"),
                row.getString("user_agent"),
                row.getString("action"),
                array(row, "key_ids", UUID.class, UUID::toString),
                array(row, "key_state_versions", Long.class, version -> version),
                row.getString("key_version_id"),
                row.getString("alias_used"),
                row.getString("outcome"),
                row.getString("error_code"),
                row.getString("reason"),
                row.getString("caller_reason"),
                pairs(row.getString("context")),
                pairs(row.getString("destination_context")),
                hex(row.getBytes("digest")),
                row.getObject("input_size", Integer.class),
                row.getObject("output_size", Integer.class),
                array(row, "event_ids", String.class, id -> id),
                array(row, "event_digests", byte[].class, digest -> Objects.requireNonNull(hex(digest))),
                row.getString("policy_id"),
                row.getString("weak_material"),
                SqlTime.readNullable(row, "unrecoverable_after"));
    }

    private static Map<String, String> pairs(@Nullable String json) {
        return json == null ? Map.of() : JSON.readValue(json, PAIRS);
    }

    private static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    private static <E, R> List<R> array(ResultSet row, String column, Class<E> type, Function<E, R> each)
            throws SQLException {
        Object[] elements = (Object[]) row.getArray(column).getArray();
        return Arrays.stream(elements).map(type::cast).map(each).toList();
    }
}
