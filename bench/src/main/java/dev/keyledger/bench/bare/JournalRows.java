package dev.keyledger.bench.bare;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Audit records and nonces as a successful Encrypt leaves them, with random bytes where the service has digests: one statement writes any
 * number of both. For one thread.
 */
final class JournalRows {

    /** The columns that a use of a key fills; the others stay null or have their defaults. */
    private static final String INSERT = """
            with moment as materialized (select keyledger_now() as at),
            row as materialized (
                select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                    ?::bytea[], ?::int[], ?::int[], ?::bytea[], ?::text[])
                as r (request_id, principal, access_key, source_ip, user_agent, action, key_id, version_id, digest,
                    input_size, output_size, nonce_hash, signed_hour)),
            nonce as (
                insert into request_nonce (nonce_hash, signed_hour)
                select nonce_hash, signed_hour::timestamptz from row on conflict do nothing)
            insert into audit_record (recorded_at, node, request_id, principal, access_key_id, auth_method,
                replay_protected, source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, outcome,
                digest, input_size, output_size)
            select m.at, 'bench', r.request_id::uuid, r.principal, r.access_key, 'V1-HMAC-SHA1', true, r.source_ip,
                r.user_agent, r.action, array[r.key_id::uuid], array[0::bigint], r.version_id::uuid, 'Success', r.digest,
                r.input_size, r.output_size
            from moment m cross join row r
            """;

    private static final String PRINCIPAL = "bootstrap";
    private static final String ACCESS_KEY = "LTAIbenchbenchbenchbench";

    private final SplittableRandom random = new SplittableRandom();
    private final String keyId = UUID.randomUUID().toString();
    private final String versionId = UUID.randomUUID().toString();

    /** Writes that many records and as many nonces in one autocommit statement. */
    void commit(Connection connection, int count) throws SQLException {
        String[][] texts = new String[8][count];
        byte[][] digests = new byte[count][32];
        byte[][] nonces = new byte[count][16];
        Integer[] inputSizes = new Integer[count];
        Integer[] outputSizes = new Integer[count];
        String[] hours = new String[count];
        String hour = Instant.ofEpochSecond(System.currentTimeMillis() / 3_600_000 * 3600)
                .toString();
        for (int i = 0; i < count; i++) {
            texts[0][i] = new UUID(random.nextLong(), random.nextLong()).toString();
            texts[1][i] = PRINCIPAL;
            texts[2][i] = ACCESS_KEY;
            texts[3][i] = "127.0.0.1";
            texts[4][i] = "keyledger-bench";
            texts[5][i] = "Encrypt";
            texts[6][i] = keyId;
            texts[7][i] = versionId;
            random.nextBytes(digests[i]);
            random.nextBytes(nonces[i]);
            inputSizes[i] = 32;
            outputSizes[i] = 136;
            hours[i] = hour;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            int at = 1;
            for (String[] text : texts) {
                insert.setArray(at++, connection.createArrayOf("text", text));
            }
            insert.setArray(at++, connection.createArrayOf("bytea", digests));
            insert.setArray(at++, connection.createArrayOf("int4", inputSizes));
            insert.setArray(at++, connection.createArrayOf("int4", outputSizes));
            insert.setArray(at++, connection.createArrayOf("bytea", nonces));
            insert.setArray(at, connection.createArrayOf("text", hours));
            insert.executeUpdate();
        }
    }
}
