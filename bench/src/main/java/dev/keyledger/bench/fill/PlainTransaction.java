package dev.keyledger.bench.fill;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one request in one plain JDBC transaction. The rows are those of a pattern that was made once; what must differ from one
 * execution to the next, its identifiers above all, is put in each time. For one thread.
 */
final class PlainTransaction {

    private final List<Step> steps = new ArrayList<>();

    /** A statement with its parameters; a parameter may depend on the execution. */
    private record Step(String sql, List<@Nullable Object> parameters) {}

    /** A parameter, or an array's only member, that is looked up at each execution. */
    @FunctionalInterface
    interface Slot extends Function<Execution, Object> {}

    /**
     * What differs in one execution.
     *
     * @param keyId the key
     * @param versionId version of its material
     * @param tokenId import token, if the request has one
     * @param version sequence number of the request's event
     * @param requestId of the request
     * @param eventId of its event
     * @param nonce hash of its nonce, 16 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // Written once; never compared, never printed.
    record Execution(
            UUID keyId, UUID versionId, UUID tokenId, long version, UUID requestId, String eventId, byte[] nonce) {}

    /**
     * Inserts rows of a pattern. Its identifiers are recognised by their columns, so that no other value is taken for one.
     */
    PlainTransaction insert(List<StoreRow> pattern) {
        for (StoreRow row : pattern) {
            List<@Nullable Object> parameters = new ArrayList<>();
            for (int i = 0; i < row.values().size(); i++) {
                Object value = row.values().get(i);
                Slot slot = value == null ? null : slot(row.table().columns().get(i));
                parameters.add(slot == null ? value : slot);
            }
            steps.add(new Step(row.table().insert(), parameters));
        }
        return this;
    }

    /** Another statement, with a slot for each parameter. */
    PlainTransaction statement(String sql, Slot... slots) {
        steps.add(new Step(sql, new ArrayList<>(Arrays.asList(slots))));
        return this;
    }

    private static @Nullable Slot slot(String column) {
        return switch (column) {
            case "key_id" -> Execution::keyId;
            case "aggregate_identifier" -> execution -> execution.keyId.toString();
            case "key_ids" -> execution -> new UUID[] {execution.keyId};
            case "version_id", "primary_version", "material_version" -> Execution::versionId;
            case "token_id" -> Execution::tokenId;
            case "request_id" -> Execution::requestId;
            case "event_identifier" -> Execution::eventId;
            case "event_ids" -> execution -> new String[] {execution.eventId};
            case "sequence_number" -> Execution::version;
            case "key_state_versions" -> execution -> new Long[] {execution.version};
            case "nonce_hash" -> Execution::nonce;
            default -> null;
        };
    }

    /** Executes all and commits. */
    void commit(Connection connection, Execution execution) throws SQLException {
        connection.setAutoCommit(false);
        try {
            for (Step step : steps) {
                try (PreparedStatement statement = connection.prepareStatement(step.sql)) {
                    for (int i = 0; i < step.parameters.size(); i++) {
                        Object parameter = step.parameters.get(i);
                        set(
                                connection,
                                statement,
                                i + 1,
                                parameter instanceof Slot slot ? slot.apply(execution) : parameter);
                    }
                    int rows = statement.executeUpdate();
                    if (rows != 1) {
                        throw new SQLException(rows + " rows instead of one: " + step.sql);
                    }
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static void set(Connection connection, PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(at, Types.NULL);
        } else if (value instanceof Instant instant) {
            statement.setObject(at, instant.atOffset(ZoneOffset.UTC));
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(at, bytes);
        } else if (value instanceof Object[] members) {
            Array array = connection.createArrayOf(typeOf(members), members);
            statement.setArray(at, array);
        } else {
            statement.setObject(at, value);
        }
    }

    private static String typeOf(Object[] members) {
        if (members instanceof UUID[]) {
            return "uuid";
        }
        if (members instanceof Long[]) {
            return "int8";
        }
        return members instanceof byte[][] ? "bytea" : "text";
    }
}
