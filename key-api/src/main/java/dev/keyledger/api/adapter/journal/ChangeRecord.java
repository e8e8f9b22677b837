package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.adapter.journal.JournalEntry.Touch;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The record of a change and its nonce as the last statements of the change's own batch. It says what {@link JournalStatement} would say of
 * one entry, by plain inserts: a change knows its outcome, so there is nothing to decide but whether the sender counts and the nonce is new,
 * and either shows in a row that was not written.
 */
final class ChangeRecord {

    private static final String COLUMNS = """
            insert into audit_record (recorded_at, node, request_id, principal, access_key_id, auth_method, replay_protected, source_ip,
                user_agent, action, key_version_id, alias_used, outcome, error_code, reason, caller_reason, context,
                destination_context, digest, input_size, output_size, event_ids, event_digests, weak_material, unrecoverable_after,
                key_ids, key_state_versions)
            select keyledger_now(), ?, ?::uuid, ?, ?, ?, ?, ?,
                ?, ?, ?::uuid, ?, ?, ?, ?, ?, ?,
                ?, decode(?, 'hex'), ?::integer, ?::integer, ?::text[], ?::bytea[], ?, ?::timestamptz,
                ?::uuid[],\s""";

    /** Every version is known, because the change appended to every key that it touched. */
    private static final String SEEN = "?::bigint[]";

    /** By now the views are written, so a key's row has its last version. */
    private static final String LOOKED_UP = """
            array(select coalesce(t.seen, k.version, -1)
                from unnest(?::uuid[], ?::bigint[]) with ordinality as t (key_id, seen, i)
                left join lateral (select version from key_state s where s.key_id = t.key_id offset 0) k on true
                order by t.i)""";

    private static final String IF_ACCESS_KEY_COUNTS =
            "\nwhere exists (select from access_key where access_key_id = ? and status = 'Active')";

    private static final String NONCE = """
            insert into request_nonce (nonce_hash, signed_hour) values (decode(?, 'hex'), ?::timestamptz) on conflict do nothing
            """;

    private ChangeRecord() {}

    /** Adds the record, and the nonce if there is one, in this order. */
    static void add(StatementBatch batch, RecordColumns entry, String node) {
        UUID[] keys = entry.touches().stream().map(Touch::keyId).toArray(UUID[]::new);
        @Nullable
        Long[] versions = entry.touches().stream().map(Touch::seenVersion).toArray(Long[]::new);
        boolean seen = entry.touches().stream().allMatch(touch -> touch.seenVersion() != null);
        List<@Nullable Object> values = known(entry, node);
        values.add(keys);
        if (!seen) {
            values.add(keys);
        }
        values.add(versions);
        if (entry.accessKeyRemembered()) {
            values.add(entry.accessKeyId());
        }
        batch.add(
                COLUMNS + (seen ? SEEN : LOOKED_UP) + (entry.accessKeyRemembered() ? IF_ACCESS_KEY_COUNTS : ""),
                values.toArray());
        if (entry.nonceHash() != null) {
            batch.add(NONCE, entry.nonceHash(), entry.nonceHour());
        }
    }

    private static List<@Nullable Object> known(RecordColumns entry, String node) {
        return new ArrayList<>(Arrays.<@Nullable Object>asList(
                node,
                entry.requestId(),
                entry.principal(),
                entry.accessKeyId(),
                entry.authMethod(),
                entry.nonceHash() != null,
                entry.sourceIp(),
                entry.userAgent(),
                entry.action(),
                entry.keyVersionId(),
                entry.aliasUsed(),
                entry.outcomeWord(),
                entry.outcome().error() == null ? null : entry.outcome().errorCode(),
                entry.reason(),
                entry.callerReason(),
                entry.context(),
                entry.destinationContext(),
                entry.digest(),
                entry.inputSize(),
                entry.outputSize(),
                entry.eventIds(),
                entry.eventDigests(),
                entry.weakMaterial(),
                entry.unrecoverableAfter()));
    }

    /**
     * Refuses if the record or the nonce was not written; the transaction must then be rolled back.
     *
     * @param counts rows written by the whole batch, whose last statements are those of {@link #add}
     */
    static void check(List<Integer> counts, RecordColumns entry, Connection connection) throws SQLException {
        int last = counts.size() - 1;
        boolean withNonce = entry.nonceHash() != null;
        if (counts.get(withNonce ? last - 1 : last) == 0) {
            throw Refusal.of(whyNoAccessKey(entry.accessKeyId(), connection));
        }
        if (withNonce && counts.get(last) == 0) {
            throw Refusal.of(ErrorCode.NONCE_USED);
        }
    }

    private static ErrorCode whyNoAccessKey(@Nullable String accessKeyId, Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select from access_key where access_key_id = ?")) {
            statement.setString(1, accessKeyId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? ErrorCode.ACCESS_KEY_DISABLED : ErrorCode.ACCESS_KEY_NOT_FOUND;
            }
        }
    }
}
