package dev.keyledger.projection.replay;

import dev.keyledger.projection.StoredEvent;
import dev.keyledger.projection.replay.ReplayedEvent.Chunk;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads events in their order, from the table itself and never from snapshots. */
final class EventReader {

    private static final String SQL = "select " + StoredEvent.COLUMNS
            + " from public.domain_event where global_index > ? and global_index <= ? order by global_index limit ?";

    private final ViewHandlers handlers;

    EventReader(ViewHandlers handlers) {
        this.handlers = handlers;
    }

    /**
     * Reads what comes next.
     *
     * @param after place after which to begin
     * @param upTo last place to read
     * @param limit most events to read
     */
    Chunk read(Connection connection, long after, long upTo, int limit) throws SQLException {
        List<ReplayedEvent> events = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, after);
            statement.setLong(2, upTo);
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    events.add(handlers.handle(new StoredEvent(row)));
                }
            }
        }
        boolean whole = events.size() < limit;
        return new Chunk(events, whole ? upTo : events.get(events.size() - 1).globalIndex());
    }
}
