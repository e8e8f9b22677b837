package dev.keyledger.bench.fill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import javax.sql.DataSource;

/**
 * Fills the audit log with records as successful uses of keys leave them, in bulk. Their places, the tree over them and its checkpoints are
 * the running node's own work, which follows.
 *
 * <p>Instants lie a millisecond apart and end at the present. A tenth of the records is of the first hundred keys, the rest of all of them
 * evenly; principals take turns at random.
 */
public final class LogFiller {

    /** How many principals the records have. */
    public static final int PRINCIPALS = 20;

    private static final int RECORDS_A_COMMIT = 50_000;

    /** As the service does: the transaction has its id before a record has its number. */
    private static final String INSERT = """
            with moment as materialized (select pg_current_xact_id(), keyledger_now() as at, ?::uuid[] as keys)
            insert into audit_record (record_id, recorded_at, node, request_id, principal, access_key_id, auth_method, replay_protected,
                source_ip, user_agent, action, key_ids, key_state_versions, key_version_id, outcome, digest, input_size, output_size)
            select nextval('audit_record_id'), date_trunc('milliseconds', m.at) - (?::bigint - i) * interval '1 millisecond', 'bench',
                gen_random_uuid(), ? || (1 + floor(random() * ?)), 'LTAIbenchbenchbenchbench', 'V1-HMAC-SHA1', true,
                '127.0.0.1', 'keyledger-bench', 'Encrypt',
                array[m.keys[1 + floor(random() * case when i % 10 = 0 then 100 else cardinality(m.keys) end)]], array[0],
                gen_random_uuid(), 'Success', sha256(int8send(i)), 32, 163
            from moment m cross join generate_series(?::bigint, ?::bigint) as i
            """;

    private final DataSource owner;

    /** A filler of one store, whose schema is there already. */
    public LogFiller(DataSource owner) {
        this.owner = owner;
    }

    /** Name of a principal, from 1 on. */
    public static String principal(int number) {
        return "principal-" + number;
    }

    /**
     * Writes records.
     *
     * @param keys at least a hundred
     * @param progress takes how many are there, now and then
     */
    public void write(List<UUID> keys, long count, LongConsumer progress) {
        try (Connection connection = owner.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(1, connection.createArrayOf("uuid", keys.toArray()));
            insert.setLong(2, count);
            insert.setString(3, "principal-");
            insert.setInt(4, PRINCIPALS);
            for (long from = 1; from <= count; from += RECORDS_A_COMMIT) {
                long to = Math.min(count, from + RECORDS_A_COMMIT - 1);
                insert.setLong(5, from);
                insert.setLong(6, to);
                insert.executeUpdate();
                progress.accept(to);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("the log cannot be filled", failed);
        }
    }
}
