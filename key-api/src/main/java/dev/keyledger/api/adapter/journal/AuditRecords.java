package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.cmk.KeyVersionId;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Inserts audit records and nonces. The instant, the record's number and the key versions seen are taken by the database in the same
 * statement.
 */
@Component
public class AuditRecords implements Audit {

    /** What an audit record says about the events its transaction appended. */
    public record Covered(Collection<String> eventIds, Collection<byte[]> digests, Map<String, Long> versions) {

        /** No events. */
        public static final Covered NOTHING = new Covered(List.of(), List.of(), Map.of());
    }

    /**
     * A key that a request uses.
     *
     * @param versionId the version whose material was used; null if there was none to use
     */
    record UsedKey(KeyId keyId, @Nullable KeyVersionId versionId) {}

    private final JdbcClient jdbc;
    private final NodeName node;

    AuditRecords(JdbcClient jdbc, NodeName node) {
        this.jdbc = jdbc;
        this.node = node;
    }

    @Override
    @Transactional
    public void record(AuditDraft draft, Outcome outcome) {
        append(draft, outcome, Covered.NOTHING);
    }

    /**
     * Inserts the record and its nonce in the caller's transaction.
     *
     * @throws Refusal {@code NONCE_USED} if the nonce is already there, which must roll the transaction back; not for a request that failed,
     *     because then the nonce may have been recorded by the very transaction whose outcome is unknown
     */
    public void append(AuditDraft draft, Outcome outcome, Covered covered) {
        var unused = insertBoth(draft, outcome, covered, List.of());
    }

    /**
     * Inserts the record of a use and its nonce in the caller's transaction. Whether the keys may be used is decided by the inserting
     * statement itself: a state that forbids it replaces the given outcome.
     *
     * @param outcome what to record if the states allow the use
     * @return wire code that was recorded; empty for success
     * @throws Refusal {@code NONCE_USED} as in {@link #append}
     */
    String appendUse(AuditDraft draft, Outcome outcome, List<UsedKey> keys) {
        return insertBoth(draft, outcome, Covered.NOTHING, keys);
    }

    private String insertBoth(AuditDraft draft, Outcome outcome, Covered covered, List<UsedKey> used) {
        String code = insert(draft, outcome, covered, used);
        if (draft.nonce().isPresent() && !insertNonce(draft) && outcome.result() != Outcome.Result.FAILED) {
            throw Refusal.of(ErrorCode.NONCE_USED);
        }
        return code;
    }

    private boolean insertNonce(AuditDraft draft) {
        RequestNonce nonce = RequestNonce.of(
                draft.accessKeyId(),
                draft.nonce().orElseThrow(),
                draft.signedAt().orElseThrow());
        return jdbc.sql(
                                "insert into request_nonce (nonce_hash, signed_hour) values (:hash, :hour) on conflict do nothing")
                        .param("hash", nonce.hash())
                        .param("hour", nonce.signedHour())
                        .update()
                == 1;
    }

    /** The verdict has a refusal if one of the used keys, in order, may not be used at the record's own instant; null without any. */
    private static final String INSERT = """
            with moment as materialized (select keyledger_now() as at),
            verdict as (
                select (array_agg(use.refusal order by use.n) filter (where use.refusal is not null))[1] as refusal
                from (
                    select used.n, case
                            when k.key_id is null then 'Forbidden.KeyNotFound'
                            when effective_state(k.state, k.expires_at, m.at) <> 'Enabled'
                                then 'Rejected.' || effective_state(k.state, k.expires_at, m.at)
                            when used.version_id <> k.material_version then 'Rejected.PendingImport'
                        end as refusal
                    from moment m
                    cross join unnest(:usedKeys::uuid[], :usedVersions::uuid[]) with ordinality as used (key_id, version_id, n)
                    left join key_state k on k.key_id = used.key_id) use)
            insert into audit_record (recorded_at, node, request_id, principal, access_key_id, auth_method,
                replay_protected, source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, alias_used,
                outcome, error_code, reason, caller_reason, context, destination_context, digest, input_size, output_size,
                event_ids, event_digests, weak_material, unrecoverable_after)
            select m.at, :node, :request::uuid, nullif(:principal, ''), nullif(:accessKey, ''), :authMethod,
                :replayProtected, nullif(:sourceIp, ''), nullif(:userAgent, ''), :action, :keys::uuid[],
                array(select coalesce(given.version, k.version, -1)
                    from unnest(:keys::uuid[], :versions::bigint[]) with ordinality as given (key_id, version, n)
                    left join key_state k on k.key_id = given.key_id order by given.n),
                :keyVersion::uuid, nullif(:alias, ''),
                case when v.refusal is null then :outcome else 'Refused' end,
                coalesce(v.refusal, nullif(:error, '')),
                case when v.refusal is null then nullif(:reason, '') end,
                nullif(:callerReason, ''), nullif(:context, ''), nullif(:destinationContext, ''),
                nullif(decode(:digest, 'hex'), ''::bytea), :inputSize::integer,
                case when v.refusal is null then :outputSize::integer end,
                :eventIds::text[], array(select decode(h, 'hex') from unnest(:eventDigests::text[]) with ordinality
                    as d (h, n) order by n),
                nullif(:weak, ''), :unrecoverable::timestamptz
            from moment m cross join verdict v
            returning coalesce(error_code, '')
            """;

    private String insert(AuditDraft draft, Outcome outcome, Covered covered, List<UsedKey> used) {
        String[] keys = draft.keyIds().stream().map(KeyId::value).toArray(String[]::new);
        Long[] versions = draft.keyIds().stream()
                .map(key -> covered.versions().get(key.value()))
                .toArray(Long[]::new);
        String[] usedKeys = used.stream().map(use -> use.keyId().value()).toArray(String[]::new);
        String[] usedVersions = used.stream()
                .map(use -> Objects.toString(use.versionId(), null))
                .toArray(String[]::new);
        return jdbc.sql(INSERT)
                .params(AuditParameters.of(draft, outcome, covered))
                .param("node", node.value())
                .param("keys", keys)
                .param("versions", versions)
                .param("usedKeys", usedKeys)
                .param("usedVersions", usedVersions)
                .query(String.class)
                .single();
    }
}
