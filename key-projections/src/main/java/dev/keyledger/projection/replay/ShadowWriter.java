package dev.keyledger.projection.replay;

import dev.keyledger.projection.replay.ReplayedEvent.Write;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends what the handlers gave for many events, in the caller's transaction. Statements of one stream keep their order; those of different
 * streams write different rows, so equal ones go together: first those that are first in their streams, then the second ones, and so on.
 */
final class ShadowWriter {

    private final Connection connection;

    ShadowWriter(Connection connection) {
        this.connection = connection;
    }

    /**
     * Writes events, without those of parked streams.
     *
     * @param parked streams that are parked already, to which those are added that are parked now
     * @param onParked is told of each stream that is parked now
     */
    void write(List<ReplayedEvent> events, Map<String, ParkedStream> parked, Consumer<ParkedStream> onParked)
            throws SQLException {
        List<ReplayedEvent> sound = new ArrayList<>(events.size());
        for (ReplayedEvent event : events) {
            if (parked.containsKey(event.stream())) {
                continue;
            }
            if (event.failure() == null) {
                sound.add(event);
            } else {
                park(event, event.failure(), parked, onParked);
            }
        }
        Savepoint before = connection.setSavepoint();
        try {
            together(sound);
            connection.releaseSavepoint(before);
        } catch (SQLException failed) {
            if (!liesInTheData(failed)) {
                throw failed;
            }
            connection.rollback(before);
            oneByOne(sound, parked, onParked);
        }
    }

    private void together(List<ReplayedEvent> events) throws SQLException {
        Map<String, List<Write>> streams = new LinkedHashMap<>();
        for (ReplayedEvent event : events) {
            if (!event.writes().isEmpty()) {
                streams.computeIfAbsent(event.stream(), name -> new ArrayList<>())
                        .addAll(event.writes());
            }
        }
        List<List<Write>> rest = new ArrayList<>(streams.values());
        for (int turn = 0; !rest.isEmpty(); turn++) {
            Map<String, List<Write>> bySql = new LinkedHashMap<>();
            for (List<Write> stream : rest) {
                Write write = stream.get(turn);
                bySql.computeIfAbsent(write.sql(), sql -> new ArrayList<>()).add(write);
            }
            for (Map.Entry<String, List<Write>> equal : bySql.entrySet()) {
                send(equal.getKey(), equal.getValue());
            }
            int done = turn + 1;
            rest.removeIf(stream -> stream.size() == done);
        }
    }

    private void send(String sql, List<Write> writes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Write write : writes) {
                @Nullable Object[] values = write.values();
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                if (writes.size() == 1) {
                    statement.execute();
                    return;
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void oneByOne(List<ReplayedEvent> events, Map<String, ParkedStream> parked, Consumer<ParkedStream> onParked)
            throws SQLException {
        for (ReplayedEvent event : events) {
            if (parked.containsKey(event.stream())) {
                continue;
            }
            Savepoint before = connection.setSavepoint();
            try {
                for (Write write : event.writes()) {
                    send(write.sql(), List.of(write));
                }
                connection.releaseSavepoint(before);
            } catch (SQLException failed) {
                if (!liesInTheData(failed)) {
                    throw failed;
                }
                connection.rollback(before);
                park(event, ViewHandlers.reason(failed), parked, onParked);
            }
        }
    }

    private static void park(
            ReplayedEvent event, String reason, Map<String, ParkedStream> parked, Consumer<ParkedStream> onParked) {
        ParkedStream stream = event.parked(reason);
        parked.put(event.stream(), stream);
        onParked.accept(stream);
    }

    /** Data that does not fit, or rows that contradict each other; anything else says nothing about the event. */
    private static boolean liesInTheData(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }
}
