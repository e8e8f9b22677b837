package dev.keyledger.api.adapter.journal;

import dev.keyledger.projection.keystate.KeyStateQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one statement that writes audit records and nonces, any number at a time, in one round trip.
 *
 * <p>It decides as it writes, from what is committed when it begins. The first of these that is so is what a record says: the access key does
 * not count any more, the nonce was used, a key that the request uses may not be used, a key that it describes is not there, the outcome that
 * came with the entry. The instant is taken once; each record's number is drawn after the transaction has its id (ADR 0007).
 *
 * <p>Every look-up is lateral: the planner then walks an index once for each entry whatever it believes about the size of the tables. An
 * entry is one text, an array of its columns: one array for each column would cost the server more than all the rest.
 */
final class JournalStatement {

    /** What a batch needs beyond uses of one key each. The plan of the statement holds what is needed and nothing else. */
    private enum Part {
        /** Some entry touches more than one key. */
        FURTHER_KEYS,
        /** Some entry has what only the records of changes have. */
        CHANGES,
        /** Some entry wants the key back. */
        DESCRIPTIONS
    }

    private static final Map<Set<Part>, String> SQL = new ConcurrentHashMap<>();

    private static String sql(Set<Part> parts) {
        boolean further = parts.contains(Part.FURTHER_KEYS);
        boolean changes = parts.contains(Part.CHANGES);
        String insert = INSERT.replace("{refusals}", refusal("1", "k") + (further ? ",\n" + refusal("2", "q") : ""))
                .replace("{keys}", further ? MANY_KEYS : "case when r.key_1 is null then '{}' else array[r.key_1] end")
                .replace("{versions}", further ? MANY_VERSIONS : ONE_VERSION)
                .replace("{first}", key("1", "k"))
                .replace("{second}", further ? key("2", "q") : "")
                .replace(
                        "{change columns}",
                        changes ? ", event_ids, event_digests, weak_material, unrecoverable_after" : "")
                .replace("{change values}", changes ? CHANGE_VALUES : "")
                .replace("{change entry}", changes ? CHANGE_ENTRY : "");
        return parts.contains(Part.DESCRIPTIONS)
                ? insert.replace("{recorded}", ", recorded as (").replace("{returning}", DESCRIBED)
                : insert.replace("{recorded}", "").replace("{returning}", "returning request_id, error_code");
    }

    /** Why the key does not meet the demand; null if it does. */
    private static String refusal(String number, String state) {
        return """
                case when coalesce(r.demand_{n}, 0) = 0 then null
                    when {k}.state is null then 'Forbidden.KeyNotFound'
                    when r.demand_{n} = 1 then null
                    when {k}.state <> 'Enabled' then 'Rejected.' || {k}.state
                    when r.used_{n} <> {k}.material_version then 'Rejected.PendingImport'
                end""".replace("{n}", number).replace("{k}", state);
    }

    private static final String ONE_VERSION =
            "case when r.key_1 is null then '{}' else array[coalesce(r.seen_1, k.version, -1)] end";

    private static final String MANY_KEYS = """
            case when r.key_1 is null then '{}' when r.key_2 is null then array[r.key_1]
                else array[r.key_1, r.key_2] || r.more_keys end""";

    /** Of the third and further keys the present versions, unless the entry brings them along. */
    private static final String MANY_VERSIONS = """
            case when r.key_1 is null then '{}' when r.key_2 is null then array[coalesce(r.seen_1, k.version, -1)]
                else array[coalesce(r.seen_1, k.version, -1), coalesce(r.seen_2, q.version, -1)] || coalesce(r.more_seen,
                    case when r.more_keys is not null then
                        array(select coalesce(s.version, -1) from unnest(r.more_keys) with ordinality as x (key_id, i)
                            left join key_state s on s.key_id = x.key_id order by x.i) end) end""";

    /**
     * A key as it is at the moment {@code m.at}. Where material has lapsed and the row does not say so, a change that was decided before may be
     * on its way: where that matters the row is read once more under a lock, which waits for it (ADR 0009). Otherwise that costs nothing.
     */
    private static final String KEY = """
            left join lateral (
                select s.version, s.material_version, s.state, s.expires_at, s.expires_at <= m.at as lapsed
                from key_state s where s.key_id = r.key_{n} offset 0) {k}1 on true
            left join lateral (
                select s.version, s.material_version, s.state, s.expires_at
                from key_state s where {k}1.lapsed and r.demand_{n} > 0 and s.key_id = r.key_{n} for share offset 0) {k}2 on true
            cross join lateral (
                select coalesce({k}2.version, {k}1.version) as version,
                    case when {k}2.version is null then {k}1.material_version else {k}2.material_version end as material_version,
                    case when {k}2.version is null then effective_state({k}1.state, {k}1.expires_at, m.at)
                        else effective_state({k}2.state, {k}2.expires_at, m.at) end as state
                offset 0) {k}""";

    private static String key(String number, String alias) {
        return KEY.replace("{n}", number).replace("{k}", alias);
    }

    private static final String CHANGE_ENTRY = """
            , c[32]::text[] as event_ids, c[33]::bytea[] as event_digests, c[34] as weak_material,
                c[35]::timestamptz as unrecoverable_after""";

    private static final String CHANGE_VALUES =
            ", coalesce(r.event_ids, '{}'), coalesce(r.event_digests, '{}'), r.weak_material, r.unrecoverable_after";

    private static final String DESCRIBED = """
            returning request_id, recorded_at, error_code, key_ids)
            select d.request_id, d.error_code, k.*, d.recorded_at as read_at, p.created_at as primary_version_at,
                effective_state(k.state, k.expires_at, d.recorded_at) as effective_state
            from recorded d
            left join lateral (
                select s as row, s.expires_at <= d.recorded_at as lapsed
                from key_state s where d.request_id = any (?::uuid[]) and s.key_id = d.key_ids[1] offset 0) k1 on true
            left join lateral (
                select s as row from key_state s where k1.lapsed and s.key_id = d.key_ids[1] for share offset 0) k2 on true
            left join lateral (select (coalesce(k2.row, k1.row)).* offset 0) k on true
            left join lateral (
                select created_at from key_version v where v.version_id = k.primary_version offset 0) p on true""";

    private static final String INSERT = """
            with moment as materialized (select pg_current_xact_id(), keyledger_now() as at),
            lost as materialized (
                select c.id as access_key_id,
                    case when a.status is null then 'InvalidAccessKeyId.NotFound' else 'Forbidden.AccessKey' end as code
                from unnest(?::text[]) as c (id)
                left join lateral (select k.status from access_key k where k.access_key_id = c.id offset 0) a on true
                where a.status is distinct from 'Active'),
            entry as materialized (
                select c[1]::uuid as request_id, c[2] as principal, c[3] as access_key_id, c[4]::boolean as access_key_remembered,
                    c[5] as auth_method, c[6] as nonce, c[7]::timestamptz as nonce_hour, c[8] as source_ip, c[9] as user_agent,
                    c[10] as action, c[11]::uuid as key_1, c[12]::integer as demand_1, c[13]::bigint as seen_1,
                    c[14]::uuid as used_1, c[15]::uuid as key_2, c[16]::integer as demand_2, c[17]::bigint as seen_2,
                    c[18]::uuid as used_2, c[19]::uuid[] as more_keys, c[20]::bigint[] as more_seen, c[21]::uuid as key_version_id,
                    c[22] as alias_used, c[23] as outcome, c[24] as error_code, c[25] as reason, c[26] as caller_reason,
                    c[27] as context, c[28] as destination_context, c[29] as digest, c[30]::integer as input_size,
                    c[31]::integer as output_size{change entry}
                from (select line::text[] as c from unnest(?::text[]) as x (line) offset 0) y),
            fresh as (
                insert into request_nonce (nonce_hash, signed_hour)
                select decode(nonce, 'hex'), nonce_hour from entry
                where nonce is not null
                    and (not access_key_remembered or access_key_id not in (select access_key_id from lost))
                on conflict do nothing
                returning nonce_hash){recorded}
            insert into audit_record (record_id, recorded_at, node, request_id, principal, access_key_id, auth_method,
                replay_protected, source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, alias_used,
                outcome, error_code, reason, caller_reason, context, destination_context, digest, input_size, output_size{change columns})
            select nextval('audit_record_id'), m.at, ?, r.request_id, case when l.code is null then r.principal end, r.access_key_id,
                r.auth_method, r.nonce is not null and v.unproved is null, r.source_ip, r.user_agent, r.action,
                {keys}, {versions},
                r.key_version_id, r.alias_used,
                case when v.unproved is not null then 'Unauthenticated' when v.code is not null then 'Refused' else r.outcome end,
                coalesce(v.code, r.error_code),
                case when v.code is null then r.reason end,
                r.caller_reason, r.context, r.destination_context, decode(r.digest, 'hex'), r.input_size,
                case when v.code is null then r.output_size end{change values}
            from moment m
            cross join entry r
            left join lost l on r.access_key_remembered and l.access_key_id = r.access_key_id
            {first}
            {second}
            cross join lateral (
                select u.unproved, coalesce(u.unproved, {refusals}) as code
                from (select coalesce(l.code, case
                    when r.nonce is not null and r.outcome <> 'Failed'
                        and decode(r.nonce, 'hex') not in (select nonce_hash from fresh) then 'SignatureNonceUsed' end) as unproved
                    offset 0) u
                offset 0) v
            {returning}
            """;

    private static final Comparator<JournalEntry> BY_NONCE =
            Comparator.comparing(entry -> Objects.requireNonNullElse(entry.nonceHash(), ""));

    private final String node;

    JournalStatement(NodeName node) {
        this.node = node.value();
    }

    /**
     * Writes the records in the connection's present transaction, or in one of their own if it commits by itself.
     *
     * @return one decision for each entry, in order
     */
    List<Decision> execute(Connection connection, List<JournalEntry> entries) throws SQLException {
        Set<Part> parts = parts(entries);
        try (PreparedStatement statement =
                connection.prepareStatement(SQL.computeIfAbsent(parts, JournalStatement::sql))) {
            statement.setArray(1, connection.createArrayOf("text", remembered(entries)));
            statement.setArray(2, connection.createArrayOf("text", lines(entries)));
            statement.setString(3, node);
            if (parts.contains(Part.DESCRIPTIONS)) {
                statement.setArray(4, connection.createArrayOf("uuid", describing(entries)));
            }
            try (ResultSet rows = statement.executeQuery()) {
                return decisions(rows, entries, parts.contains(Part.DESCRIPTIONS));
            }
        }
    }

    private static Set<Part> parts(List<JournalEntry> entries) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (JournalEntry entry : entries) {
            if (entry.furtherKeys()) {
                parts.add(Part.FURTHER_KEYS);
            }
            if (entry.change()) {
                parts.add(Part.CHANGES);
            }
            if (entry.describing()) {
                parts.add(Part.DESCRIPTIONS);
            }
        }
        return parts;
    }

    /** The access keys to be looked up: mostly one and the same for a whole batch. */
    private static String[] remembered(List<JournalEntry> entries) {
        Set<String> remembered = new HashSet<>();
        for (JournalEntry entry : entries) {
            if (entry.rememberedAccessKey() != null) {
                remembered.add(entry.rememberedAccessKey());
            }
        }
        return remembered.toArray(new String[0]);
    }

    /**
     * In one order everywhere, so that two batches with the same nonces cannot wait for each other. An array of strings and not of objects,
     * because the driver then sends it in binary form.
     */
    private static String[] lines(List<JournalEntry> entries) {
        return entries.stream().sorted(BY_NONCE).map(JournalEntry::line).toArray(String[]::new);
    }

    private static Object[] describing(List<JournalEntry> entries) {
        List<String> requests = new ArrayList<>();
        for (JournalEntry entry : entries) {
            if (entry.describing()) {
                requests.add(entry.requestId());
            }
        }
        return requests.toArray();
    }

    private static List<Decision> decisions(ResultSet rows, List<JournalEntry> entries, boolean described)
            throws SQLException {
        Map<String, Decision> byRequest = new HashMap<>();
        while (rows.next()) {
            String code = rows.getString(2);
            byRequest.put(
                    rows.getString(1),
                    new Decision(
                            code == null ? "" : code,
                            !described || rows.getObject(3, UUID.class) == null
                                    ? null
                                    : KeyStateQueries.summary(rows)));
        }
        List<Decision> inOrder = new ArrayList<>(entries.size());
        for (JournalEntry entry : entries) {
            inOrder.add(Objects.requireNonNull(byRequest.get(entry.requestId()), "an entry without a decision"));
        }
        return inOrder;
    }
}
