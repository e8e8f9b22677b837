package dev.keyledger.api.adapter.journal;

import dev.keyledger.api.audit.Audit;
import dev.keyledger.api.audit.AuditDraft;
import dev.keyledger.api.audit.Outcome;
import dev.keyledger.cmk.KeyId;
import dev.keyledger.refusal.ErrorCode;
import dev.keyledger.refusal.Refusal;
import java.util.Collection;
import java.util.Map;
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
        public static final Covered NOTHING = new Covered(java.util.List.of(), java.util.List.of(), Map.of());
    }

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
        insert(draft, outcome, covered);
        if (draft.nonce().isPresent() && !insertNonce(draft) && outcome.result() != Outcome.Result.FAILED) {
            throw Refusal.of(ErrorCode.NONCE_USED);
        }
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

    private void insert(AuditDraft draft, Outcome outcome, Covered covered) {
        String[] keys = draft.keyIds().stream().map(KeyId::value).toArray(String[]::new);
        Long[] versions = draft.keyIds().stream()
                .map(key -> covered.versions().get(key.value()))
                .toArray(Long[]::new);
        jdbc.sql("""
                        insert into audit_record (recorded_at, node, request_id, principal, access_key_id, auth_method,
                            replay_protected, source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, alias_used,
                            outcome, error_code, reason, caller_reason, context, destination_context, digest, input_size, output_size,
                            event_ids, event_digests, weak_material, unrecoverable_after)
                        select keyledger_now(), :node, :request::uuid, nullif(:principal, ''), nullif(:accessKey, ''), :authMethod,
                            :replayProtected, nullif(:sourceIp, ''), nullif(:userAgent, ''), :action, :keys::uuid[],
                            array(select coalesce(given.version, k.version, -1)
                                from unnest(:keys::uuid[], :versions::bigint[]) with ordinality as given (key_id, version, n)
                                left join key_state k on k.key_id = given.key_id order by given.n),
                            :keyVersion::uuid, nullif(:alias, ''), :outcome, nullif(:error, ''), nullif(:reason, ''),
                            nullif(:callerReason, ''), nullif(:context, ''), nullif(:destinationContext, ''),
                            nullif(decode(:digest, 'hex'), ''::bytea), :inputSize::integer, :outputSize::integer,
                            :eventIds::text[], array(select decode(h, 'hex') from unnest(:eventDigests::text[]) with ordinality
                                as d (h, n) order by n),
                            nullif(:weak, ''), :unrecoverable::timestamptz
                        """)
                .params(AuditParameters.of(draft, outcome, covered))
                .param("node", node.value())
                .param("keys", keys)
                .param("versions", versions)
                .update();
    }
}
